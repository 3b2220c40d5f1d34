#!/bin/sh
# Creates the etcd users and roles of the connectors, with the rights that they need and no others.
#
#   export ETCDCTL_ENDPOINTS=https://etcd:2379 ETCDCTL_CACERT=ca.pem ETCDCTL_USER=root:…
#   SOURCE_PASSWORD=… SINK_PASSWORD=… ./etcd-roles.sh /config/
#
# Arguments: the prefixes of the routes.
# Environment, besides etcdctl's own:
#   SOURCE_USER, SINK_USER          names of the users and of their roles (etcd-source, etcd-sink)
#   SOURCE_PASSWORD, SINK_PASSWORD  passwords. A user without a password logs in with a client certificate whose common name is the user's name
#   BOOKKEEPING_PREFIX              the setting bookkeeping.prefix (/etcd-pg-connect/)
#   ETCDCTL                         the program (etcdctl)
#
# The script can run again, for example with one more prefix. It does not enable authentication: run "etcdctl auth enable" when every client of
# etcd has a user.
set -eu

bookkeeping=${BOOKKEEPING_PREFIX:-/etcd-pg-connect/}
etcdctl=${ETCDCTL:-etcdctl}
[ $# -gt 0 ] || { echo "usage: $0 PREFIX..." >&2; exit 2; }

# role NAME
role() {
  $etcdctl role get "$1" > /dev/null 2>&1 || $etcdctl role add "$1"
  # epoch, progress, answers and snapshot requests: every connector reads and writes them
  $etcdctl role grant-permission "$1" --prefix=true readwrite "$bookkeeping"
}

# user NAME PASSWORD
user() {
  if ! $etcdctl user get "$1" > /dev/null 2>&1; then
    if [ -n "$2" ]; then
      printf '%s\n' "$2" | $etcdctl user add "$1" --interactive=false
    else
      $etcdctl user add "$1" --no-password
    fi
  fi
  $etcdctl user grant-role "$1" "$1"
}

source=${SOURCE_USER:-etcd-source}
sink=${SINK_USER:-etcd-sink}

role "$source"
role "$sink"
for prefix in "$@"; do
  $etcdctl role grant-permission "$source" --prefix=true read "$prefix"
  $etcdctl role grant-permission "$sink" --prefix=true readwrite "$prefix"
done
user "$source" "${SOURCE_PASSWORD:-}"
user "$sink" "${SINK_PASSWORD:-}"

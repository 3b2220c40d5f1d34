#!/bin/sh
# A jar with this script before it. It needs a JDK or JRE 17 or later, from JAVA_HOME or PATH.
if [ -n "${JAVA_HOME:-}" ]; then java=$JAVA_HOME/bin/java; else java=java; fi
if ! command -v "$java" > /dev/null 2>&1; then
  echo "etcd-pg: no Java at '$java'. Install a JDK or JRE 17 or later, or set JAVA_HOME." >&2
  exit 1
fi
exec "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC ${ETCD_PG_JAVA_OPTS:-} -jar "$0" "$@"
exit 1

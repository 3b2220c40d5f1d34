-- A worker that is stopped and does not read must not keep its backend, and the snapshot of the backend, for longer.
set tcp_user_timeout = '30s';
listen etcd_sync_wake

-- Returns the processes whose transactions share the lock of a row. Fails if the row does not name several transactions.
select distinct l.pid from ${table} t
cross join lateral pg_get_multixact_members(t.xmax) m
join pg_locks l on l.locktype = 'transactionid' and l.granted and l.transactionid = m.xid
where t.key = :key and t.xmax <> '0'::xid and l.pid is not null and l.pid <> pg_backend_pid()

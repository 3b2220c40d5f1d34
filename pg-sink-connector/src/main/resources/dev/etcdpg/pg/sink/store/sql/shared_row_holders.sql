-- Returns the processes and prepared transactions that share the lock of a row. Fails if the row does not name several transactions.
select distinct coalesce('process ' || l.pid, format('prepared transaction %L', p.gid)) as holder from ${table} t
cross join lateral pg_get_multixact_members(t.xmax) m
join pg_locks l on l.locktype = 'transactionid' and l.granted and l.transactionid = m.xid
left join pg_prepared_xacts p on p.transaction = l.transactionid
where t.key = :key and t.xmax <> '0'::xid and (l.pid is not null or p.gid is not null) and l.pid is distinct from pg_backend_pid()

-- Returns the processes and prepared transactions that have locked a row. The row names the transaction that locked it last.
select coalesce('process ' || l.pid, format('prepared transaction %L', p.gid)) as holder from ${table} t
join pg_locks l on l.locktype = 'transactionid' and l.granted and l.transactionid = t.xmax
left join pg_prepared_xacts p on p.transaction = l.transactionid
where t.key = :key and (l.pid is not null or p.gid is not null) and l.pid is distinct from pg_backend_pid()

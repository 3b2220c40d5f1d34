-- Returns the processes whose transactions have locked a row. The row names the transaction that locked it last.
select l.pid from ${table} t
join pg_locks l on l.locktype = 'transactionid' and l.granted and l.transactionid = t.xmax
where t.key = :key and l.pid is not null and l.pid <> pg_backend_pid()

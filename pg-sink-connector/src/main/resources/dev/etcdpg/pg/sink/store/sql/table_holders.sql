-- Returns the processes and prepared transactions that have locked the table for writing, or as a whole. A prepared transaction has no process; the lock
-- of its transaction id tells its name.
select distinct coalesce('process ' || l.pid, format('prepared transaction %L', p.gid)) as holder from pg_locks l
left join pg_locks x on l.pid is null and x.pid is null and x.locktype = 'transactionid' and x.granted and x.virtualtransaction = l.virtualtransaction
left join pg_prepared_xacts p on p.transaction = x.transactionid
where l.locktype = 'relation' and l.relation = cast(:table as regclass) and l.granted and l.mode not in ('AccessShareLock', 'ShareUpdateExclusiveLock')
  and l.database = (select d.oid from pg_database d where d.datname = current_database()) and l.pid is distinct from pg_backend_pid()
  and (l.pid is not null or p.gid is not null)

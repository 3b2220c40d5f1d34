-- Returns the processes and prepared transactions that have locked the table for writing, or as a whole. A prepared transaction has no process; its
-- virtual transaction is -1 and its transaction id.
select distinct coalesce('process ' || l.pid, format('prepared transaction %L', p.gid)) as holder from pg_locks l
left join pg_prepared_xacts p on l.pid is null and l.virtualtransaction = '-1/' || p.transaction
where l.locktype = 'relation' and l.relation = cast(:table as regclass) and l.granted and l.mode not in ('AccessShareLock', 'ShareUpdateExclusiveLock')
  and l.database = (select d.oid from pg_database d where d.datname = current_database()) and l.pid is distinct from pg_backend_pid()
  and (l.pid is not null or p.gid is not null)

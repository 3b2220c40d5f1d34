-- Returns the processes that have locked the table for writing, or as a whole.
select distinct l.pid from pg_locks l
where l.locktype = 'relation' and l.relation = cast(:table as regclass) and l.granted and l.mode not in ('AccessShareLock', 'ShareUpdateExclusiveLock')
  and l.database = (select d.oid from pg_database d where d.datname = current_database()) and l.pid <> pg_backend_pid()

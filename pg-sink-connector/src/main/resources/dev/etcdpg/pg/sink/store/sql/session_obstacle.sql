-- Returns a sentence that says why sessions of this database cannot be mirrored; null if they can.
select case
  when current_setting('session_replication_role') = 'replica' then
    'session_replication_role is replica for this role or database. In such sessions no trigger captures the changes of applications. Run: '
      || 'alter database ... reset session_replication_role, and the same for roles.'
  when current_setting('server_encoding') <> 'UTF8' then
    format('The encoding of the database is %s, but keys and values of etcd need UTF8. Create a database with encoding UTF8.',
      current_setting('server_encoding'))
end as obstacle

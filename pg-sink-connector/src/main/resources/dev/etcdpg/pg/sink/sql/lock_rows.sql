-- Rows that somebody else holds are left out: the sink never waits for an application here.
select t.key from ${table} t where t.key = any(?) order by t.key for update skip locked

-- For the statements that follow (locks, inserts, updates, deletes, constraints): how long each may wait for a lock of others, and
-- how long it may take in all.
select set_config('lock_timeout', ?, true), set_config('statement_timeout', ?, true)

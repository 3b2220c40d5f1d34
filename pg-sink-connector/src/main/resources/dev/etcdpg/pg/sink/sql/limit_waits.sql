-- For the insert that follows: how long it may wait for another's insert, and how long it may take in all.
select set_config('lock_timeout', ?, true), set_config('statement_timeout', ?, true)

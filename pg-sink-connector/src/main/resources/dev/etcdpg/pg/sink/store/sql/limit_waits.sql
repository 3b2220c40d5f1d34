-- Limits, for each of the following statements, the wait for a lock and the duration. "is null" keeps the result small, see Pipeline.
select set_config('lock_timeout', :lock_timeout, true) is null, set_config('statement_timeout', :statement_timeout, true) is null

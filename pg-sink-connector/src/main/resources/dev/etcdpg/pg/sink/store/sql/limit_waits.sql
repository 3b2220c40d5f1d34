-- Limits each of the following statements: its wait for a lock, and its duration. "is null" keeps the result small, see Pipeline.
select set_config('lock_timeout', :lock_timeout, true) is null, set_config('statement_timeout', :statement_timeout, true) is null

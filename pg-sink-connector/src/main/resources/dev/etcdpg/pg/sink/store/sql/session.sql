-- The next statement must see what other transactions commit while the sink waits for a lock.
set default_transaction_isolation = 'read committed';
-- Every table is reached by its key, whatever its statistics were when the plan was made. These tables grow and shrink faster than statistics
-- follow, and a kept plan must never read a whole table for a few keys. For the same reason the statements find rows through lateral subqueries
-- with a limit, which the planner cannot turn into joins, and reach locked rows by ctid.
set enable_seqscan = off;
set enable_bitmapscan = off;
set enable_hashjoin = off;
set enable_mergejoin = off;
set enable_material = off;
set jit = off;
-- A worker that stops or is cut off within a transaction must not keep rows locked for longer.
select set_config('idle_in_transaction_session_timeout', '30s', false)
where current_setting('idle_in_transaction_session_timeout') = '0'

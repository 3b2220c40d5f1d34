-- What others commit while we wait for a lock must be seen by the next statement.
set default_transaction_isolation = 'read committed';
-- Every table is reached by its key, whatever the statistics were when a plan was made: these tables grow and shrink too fast for them, and a
-- kept plan that reads a whole table for a few keys is what must not happen. For the same reason the statements find rows through lateral
-- subqueries with a limit, which the planner cannot turn into joins, and go to the rows that they have locked by ctid.
set enable_seqscan = off;
set enable_bitmapscan = off;
set enable_hashjoin = off;
set enable_mergejoin = off;
set enable_material = off;
set jit = off;
-- A worker that is stopped or cut off in the middle of a transaction must not keep rows from applications for longer.
select set_config('idle_in_transaction_session_timeout', '30s', false)
where current_setting('idle_in_transaction_session_timeout') = '0'

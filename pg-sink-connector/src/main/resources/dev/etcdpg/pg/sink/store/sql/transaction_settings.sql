-- Settings of one transaction. Every table is reached by its key, whatever its statistics were when the plan was made. These tables grow and shrink
-- faster than statistics follow, and a kept plan must never read a whole table for a few keys. For the same reason the statements find rows through
-- lateral subqueries with a limit, which the planner cannot turn into joins, and reach locked rows by ctid. A worker that stops or is cut off within
-- the transaction must not keep rows locked for longer than 30 s. With row_security off, a statement fails if a policy would hide rows from it:
-- otherwise a row that the sink does not see would stay when its key is deleted. "is null" keeps the result small, see Pipeline.
select set_config('search_path', :search_path, true) is null,
       set_config('enable_seqscan', 'off', true) is null,
       set_config('enable_bitmapscan', 'off', true) is null,
       set_config('enable_hashjoin', 'off', true) is null,
       set_config('enable_mergejoin', 'off', true) is null,
       set_config('enable_material', 'off', true) is null,
       set_config('jit', 'off', true) is null,
       set_config('row_security', 'off', true) is null,
       set_config('idle_in_transaction_session_timeout', coalesce(nullif(current_setting('idle_in_transaction_session_timeout'), '0'), '30s'), true)
         is null

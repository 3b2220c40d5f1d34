-- A worker that stops or is cut off within a transaction must not hold locks and snapshots for longer. "is null" keeps the result small, see Pipeline.
select set_config('search_path', :search_path, true) is null, set_config('idle_in_transaction_session_timeout', '30s', true) is null,
  set_config('tcp_user_timeout', '30s', true) is null

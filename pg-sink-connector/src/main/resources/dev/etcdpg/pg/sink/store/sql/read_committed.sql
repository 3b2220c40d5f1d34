-- The next statement must see what other transactions commit while the sink waits for a lock.
set transaction isolation level read committed

-- Dispatch must see in each statement what other transactions have committed.
set transaction isolation level read committed

-- Tells the triggers of the mirrored tables that the sink writes in this transaction.
select set_config('etcd_sync.applying', 'on', true) is null

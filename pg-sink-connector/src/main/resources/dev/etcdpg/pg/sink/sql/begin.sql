-- Marks the transaction's own writes for the triggers of the mirrored tables.
select set_config('etcd_sync.applying', 'on', true)

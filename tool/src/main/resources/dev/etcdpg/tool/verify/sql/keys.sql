-- Row, mirror and last pending change of some keys.
select k.key,
  t.key is not null as has_row, sha256(convert_to(t.value, 'UTF8')) as row_hash, t.mod_revision as row_mod_revision,
  t.create_revision as row_create_revision, t.version as row_version, t.lease as row_lease,
  coalesce(m.revision, 0) > 0 as is_mirrored, m.value_hash, m.revision, m.create_revision, m.version, m.lease,
  coalesce(m.applied_epoch, 0) as applied_epoch, coalesce(m.applied_revision, 0) as applied_revision,
  p.op is not null as is_pending, p.hash as pending_hash, coalesce(m.status = 'held', false) as is_held
from unnest(:keys::text[]) k(key)
left join ${table} t on t.key = k.key
left join etcd_mirror m on m.route = :route and m.key = k.key
left join lateral (
  select w.op, sha256(convert_to(w.value, 'UTF8')) as hash from etcd_wal w where w.route = :route and w.key = k.key order by w.id desc limit 1
) p on true

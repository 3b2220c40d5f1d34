-- Writes the state of the key in etcd, and the change in flight or held. A null status clears this change.
update etcd_mirror m
set epoch = u.epoch, revision = u.revision, value_hash = u.value_hash, unrepresentable = u.unrepresentable,
    create_revision = u.create_revision, version = u.version, lease = u.lease,
    applied_epoch = u.applied_epoch, applied_revision = u.applied_revision,
    settled_id = u.settled_id, status = u.status, next_action = u.next_action, reason = u.reason,
    change_id = case when u.status is not null then m.change_id end,
    sent_op = case when u.status is not null then m.sent_op end,
    sent_value = case when u.status is not null then m.sent_value end,
    sent_hash = case when u.status is not null then m.sent_hash end,
    send_number = case when u.status is not null then m.send_number end,
    probe_number = case when u.status is not null then m.probe_number end,
    base_epoch = case when u.status is not null then m.base_epoch end,
    base_revision = case when u.status is not null then m.base_revision end
from (
  select u.*, f.place
  from unnest(
      :key::text[], :epoch::bigint[], :revision::bigint[], :value_hash::bytea[], :unrepresentable::boolean[], :create_revision::bigint[], :version::bigint[], :lease::bigint[], :applied_epoch::bigint[], :applied_revision::bigint[],
      :settled_id::bigint[], :status::text[], :next_action::text[], :reason::text[])
    as u (key, epoch, revision, value_hash, unrepresentable, create_revision, version, lease, applied_epoch, applied_revision,
      settled_id, status, next_action, reason)
  cross join lateral (select x.ctid as place from etcd_mirror x where x.route = :route and x.key = u.key limit 1) f
) u
where m.ctid = u.place

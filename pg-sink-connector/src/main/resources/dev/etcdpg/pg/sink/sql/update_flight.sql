-- What is in flight or held, or has just ceased to be.
update etcd_mirror m
set settled = u.settled, status = u.status, due = u.due, reason = u.reason,
    change = case when u.status is null then null else m.change end,
    sent_op = case when u.status is null then null else m.sent_op end,
    sent_value = case when u.status is null then null else m.sent_value end,
    sent_hash = case when u.status is null then null else m.sent_hash end,
    send = case when u.status is null then null else m.send end,
    probe = case when u.status is null then null else m.probe end,
    base_epoch = case when u.status is null then null else m.base_epoch end,
    base_revision = case when u.status is null then null else m.base_revision end
from (
  select u.*, f.place
  from unnest(?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[]) as u (key, settled, status, due, reason)
  cross join lateral (select x.ctid as place from etcd_mirror x where x.route = ? and x.key = u.key limit 1) f
) u
where m.ctid = u.place

-- The states that a key had, the oldest first, with the gaps in the history.
select l.in_epoch as epoch, l.revision, l.op, l.version, l.lease, l.origin, l.author, l.applied_at, l.note,
  case when :with_values then l.value else case when l.value is not null then octet_length(l.value) || ' bytes' end end as value
from etcd_log(:key) l

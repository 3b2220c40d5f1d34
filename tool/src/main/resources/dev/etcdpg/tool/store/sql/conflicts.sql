-- Changes made in SQL that lost, the newest first.
select c.route, c.key, c.id, c.op, c.author, c.changed_at, c.detected_at, c.base_revision, c.won_revision, c.applied_late, c.reason,
  case when :with_values then c.value else case when c.value is not null then octet_length(c.value) || ' bytes' end end as value
from etcd_conflict c
where (:key::text is null or c.key = :key)
order by c.id desc
limit :limit

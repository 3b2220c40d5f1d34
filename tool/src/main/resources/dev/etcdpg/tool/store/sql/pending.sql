-- Changes made in SQL that etcd has not decided, the oldest first.
select p.route, p.key, p.id, p.op, p.status, p.reason, p.author, p.changed_at,
  case when :with_values then p.value else case when p.value is not null then octet_length(p.value) || ' bytes' end end as value
from etcd_pending p
where (:key::text is null or p.key = :key) and (not :only_held or p.status = 'held')
order by p.id
limit :limit

-- Number and hash of the rows of a key range, and of the keys that etcd has according to the bookkeeping. RangeDigest computes the same.
select r.keys as row_keys, r.hash as row_hash, m.keys as mirror_keys, m.hash as mirror_hash
from (
  select count(*) as keys, sha256(coalesce(string_agg(convert_to(t.key, 'UTF8') || '\x00'::bytea || sha256(convert_to(t.value, 'UTF8'))
      || int8send(t.mod_revision) || int8send(t.create_revision) || int8send(t.version) || int8send(t.lease), ''::bytea order by t.key), ''::bytea)) as hash
  from ${table} t where t.key > :after and (:through = '' or t.key <= :through)
) r
cross join (
  select count(*) as keys, sha256(coalesce(string_agg(convert_to(e.key, 'UTF8') || '\x00'::bytea || e.value_hash
      || int8send(e.revision) || int8send(e.create_revision) || int8send(e.version) || int8send(e.lease), ''::bytea order by e.key), ''::bytea)) as hash
  from etcd_mirror e where e.route = :route and e.key > :after and (:through = '' or e.key <= :through) and e.revision > 0 and not e.unrepresentable
) m

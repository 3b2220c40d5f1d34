-- The keys of a range that PostgreSQL knows.
select t.key from ${table} t where t.key > :after and (:through = '' or t.key <= :through)
union
select m.key from etcd_mirror m where m.route = :route and m.key > :after and (:through = '' or m.key <= :through)

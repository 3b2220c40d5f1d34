-- Ranges that are not trusted, or are asked for.
select u.after_key, u.through_key from etcd_untrusted_range u where u.route = :route
union
select q.after_key, q.through_key from etcd_request q where q.route = :route

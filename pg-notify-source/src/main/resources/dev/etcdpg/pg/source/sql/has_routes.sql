-- The table is found only if the schema is in the search path and the role may use it.
select coalesce(has_table_privilege(to_regclass('etcd_route'), 'SELECT'), false) as has_routes

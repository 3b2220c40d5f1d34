select r.prefix, r.table_schema, r.table_name from etcd_route r where r.route = :route

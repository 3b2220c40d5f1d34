select prefix, table_schema, table_name from etcd_route where route = :route

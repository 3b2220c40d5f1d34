select etcd_install(:route, :prefix, :table_schema, :table_name, :existing_rows)

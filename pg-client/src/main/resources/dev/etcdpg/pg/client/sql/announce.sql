select etcd_announce(:kind, :name, :instance::uuid, :routes) as name

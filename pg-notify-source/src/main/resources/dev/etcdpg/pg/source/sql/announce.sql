select etcd_announce(:kind, :name, :instance::uuid) as name

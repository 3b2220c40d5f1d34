select etcd_announce('source', :name, :instance::uuid) as name

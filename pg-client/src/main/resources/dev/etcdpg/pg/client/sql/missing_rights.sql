select etcd_missing_rights(:kind)

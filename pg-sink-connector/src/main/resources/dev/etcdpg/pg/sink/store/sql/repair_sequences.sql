select raised, renumbered from etcd_repair_sequences()

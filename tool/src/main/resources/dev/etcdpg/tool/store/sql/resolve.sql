select etcd_resolve(:key, :side) as answer

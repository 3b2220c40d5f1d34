select route, prefix from etcd_route order by route

select route from etcd_route order by route

select numbered, more, locked from etcd_dispatch(?, ?)

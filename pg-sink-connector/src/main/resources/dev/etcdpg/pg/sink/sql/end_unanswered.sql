-- What was asked of an etcd that is no more (restored, or replaced) is asked again, once an epoch.
update etcd_request r
set send_number = null, epoch = ?
where r.route = ? and r.kind = 'snapshot' and r.id > ? and r.epoch < ? and r.send_number is not null

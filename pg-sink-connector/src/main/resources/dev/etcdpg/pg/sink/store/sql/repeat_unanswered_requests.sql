-- Repeats, once an epoch, the requests that went to an etcd that was restored or replaced since.
update etcd_request r
set send_number = null, epoch = :epoch
where r.route = :route and r.kind = 'snapshot' and r.id > :request_id and r.epoch < :epoch and r.send_number is not null

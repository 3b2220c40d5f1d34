insert into etcd_untrusted_range (route, partition, after_key, through_key, request_id, epoch, since)
values (:route, :partition, :after_key, :through_key, :request_id, :epoch, to_timestamp(:since / 1000.0))
on conflict (route, partition, after_key, through_key)
do update set request_id = excluded.request_id, epoch = excluded.epoch, since = excluded.since

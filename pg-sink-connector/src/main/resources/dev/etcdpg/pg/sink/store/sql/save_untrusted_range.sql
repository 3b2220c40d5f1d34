insert into etcd_untrusted_range (route, partition, after_key, through_key, request_id, epoch, since, end_seen)
values (:route, :partition, :after_key, :through_key, :request_id, :epoch, to_timestamp(:since / 1000.0), :end_seen)
on conflict (route, partition, after_key, through_key)
do update set request_id = excluded.request_id, epoch = excluded.epoch, since = excluded.since, end_seen = excluded.end_seen

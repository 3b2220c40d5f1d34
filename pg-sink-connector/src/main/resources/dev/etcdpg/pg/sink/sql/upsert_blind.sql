insert into etcd_untrusted_range (route, partition, after, through, request, epoch, since)
values (?, ?, ?, ?, ?, ?, to_timestamp(? / 1000.0))
on conflict (route, partition, after, through)
do update set request = excluded.request, epoch = excluded.epoch, since = excluded.since

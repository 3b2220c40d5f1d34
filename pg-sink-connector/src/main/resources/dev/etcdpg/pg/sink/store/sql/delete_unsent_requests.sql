-- Deletes requests whose losses another snapshot has healed, and that no notify source has taken.
delete from etcd_request r
where r.route = :route and r.kind = 'snapshot' and r.id = any(:ids) and r.send_number is null
  and not exists (select from etcd_untrusted_range u where u.route = r.route and u.request_id = r.id)

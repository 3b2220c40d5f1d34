-- Requests that this end mark answers; and a new epoch, of whatever is older, has come.
delete from etcd_request r
where r.route = ?
  and (r.kind = 'snapshot' and r.id <= ? and r.after >= ? and (? or r.through <> '' and r.through <= ?)
    or r.kind = 'new_epoch' and r.epoch < ?)

-- Only dispatch competes for these, and it does not wait for us.
select m.key from etcd_mirror m where m.route = ? and m.key = any(?) order by m.key for update

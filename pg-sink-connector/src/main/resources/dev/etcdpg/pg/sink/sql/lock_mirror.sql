-- Dispatch competes for these, and does not wait for us; so do operators who decide about a change that is held.
select m.key from etcd_mirror m where m.route = ? and m.key = any(?) order by m.key for update

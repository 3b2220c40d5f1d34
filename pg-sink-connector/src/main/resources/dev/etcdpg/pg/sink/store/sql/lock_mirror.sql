-- Dispatch competes for these rows and does not wait; an operator who decides about a held change waits.
select from etcd_mirror m where m.route = :route and m.key = any(:keys) order by m.key for update

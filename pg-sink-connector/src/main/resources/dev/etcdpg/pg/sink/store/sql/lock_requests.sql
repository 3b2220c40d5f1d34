-- Lets the transactions that end snapshots of a request follow each other. A statement after this one sees what the transaction before has healed.
select r.id from etcd_request r where r.route = :route and r.id = any(:ids) order by r.id for update

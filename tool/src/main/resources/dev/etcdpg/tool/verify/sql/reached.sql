-- The revision that the sink has reached in each topic partition and range, in the topic that was written last. Topics are named <prefix>.<route>.
with topics as (
  select c.topic, max(c.reached_epoch) as epoch, max(c.last_number) as last_number from etcd_sink_chain c
  where right(c.topic, length(:route) + 1) = '.' || :route group by c.topic
)
select c.partition, c.after_key, c.through_key, c.reached_epoch, c.reached_revision
from etcd_sink_chain c
where c.topic = (select t.topic from topics t order by t.last_number desc limit 1)

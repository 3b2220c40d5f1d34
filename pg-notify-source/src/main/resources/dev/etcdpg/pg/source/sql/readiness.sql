-- Rights of the role on all that the connector calls and reads. Works without any right on the schema.
select current_user as role,
  (select count(*) = 2 from pg_proc p where p.pronamespace = n.oid and p.proname in ('etcd_dispatch', 'etcd_sends')) as is_installed,
  has_schema_privilege(n.oid, 'USAGE') and (
    select bool_and(has_table_privilege(c.oid, 'UPDATE')) from pg_class c
    where c.relnamespace = n.oid and c.relname in ('etcd_mirror', 'etcd_dispatch_state')) as is_permitted
from (select 1) always left join pg_namespace n on n.nspname = :schema

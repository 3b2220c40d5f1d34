-- Works without any right. The function is found only if the schema is in the search path and the role may use it.
select n.oid is not null as exists, has_schema_privilege(n.oid, 'USAGE') as may_use,
  to_regprocedure('etcd_missing_rights(text)') is not null as is_known,
  format('USAGE on schema %I', :schema::text) as usage_right
from (select 1) always left join pg_namespace n on n.nspname = :schema

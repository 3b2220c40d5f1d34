-- Returns the rights that the role lacks, as texts for GRANT. Works without any right. Objects that belong to another role cannot be upgraded.
with wanted as (
  select s.oid as schema, t.oid as table_schema, :schema as schema_name, :table_schema as table_schema_name
  from (select 1) always
  left join pg_namespace s on s.nspname = :schema
  left join pg_namespace t on t.nspname = :table_schema
),
tables as (
  select r.name, c.oid, format('%I.%I', :table_schema, r.name) as full_name
  from wanted w cross join unnest(:tables::text[]) r(name)
  left join pg_class c on c.relnamespace = w.table_schema and c.relname = r.name
)
select format('CREATE on database %I', current_database()) as missing
  from wanted w where w.schema is null and :is_created and not has_database_privilege(current_database(), 'CREATE')
union all
select format('USAGE on schema %I', w.schema_name)
  from wanted w where not has_schema_privilege(w.schema, 'USAGE')
union all
select format('CREATE on schema %I', w.schema_name)
  from wanted w where :is_created and not has_schema_privilege(w.schema, 'CREATE')
union all
select format('ownership of %I.%I', w.schema_name, c.relname)
  from wanted w join pg_class c on c.relnamespace = w.schema and c.relname = 'etcd_database'
  where :is_created and not pg_has_role(c.relowner, 'USAGE')
union all
select format('USAGE on schema %I', w.table_schema_name)
  from wanted w where not has_schema_privilege(w.table_schema, 'USAGE')
union all
select format('CREATE on schema %I', w.table_schema_name)
  from wanted w where :is_created and exists (select from tables t where t.oid is null) and not has_schema_privilege(w.table_schema, 'CREATE')
union all
select format('%s on table %s', p.privilege, t.full_name)
  from tables t cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p(privilege)
  where not has_table_privilege(t.oid, p.privilege)
union all
select format('TRIGGER on table %s', t.full_name)
  from tables t where :is_created and not has_table_privilege(t.oid, 'TRIGGER')
    and not exists (select from pg_trigger g where g.tgrelid = t.oid and g.tgname = 'zz_etcd_guard')
union all
select format('%s on table %I.%I', p.privilege, w.schema_name, c.relname)
  from wanted w cross join (values ('etcd_wal', 'SELECT'), ('etcd_wal', 'DELETE'), ('etcd_mirror', 'SELECT'), ('etcd_mirror', 'INSERT'), ('etcd_mirror', 'UPDATE'))
    p(relation, privilege)
  join pg_class c on c.relnamespace = w.schema and c.relname = p.relation
  where not :is_created and not has_table_privilege(c.oid, p.privilege)
union all
select format('BYPASSRLS (row-level security of table %s hides rows)', t.full_name)
  from tables t where t.oid is not null and row_security_active(t.oid)

-- Finds tables whose triggers do not fire, and sessions in which no trigger of a mirrored table fires. Everybody may read these catalogs.
select r.route, format('The triggers %s of table %I.%I are missing or disabled', string_agg(v.name, ', ' order by v.name), r.table_schema, r.table_name)
  as fault
from etcd_route r
cross join (values ('zz_etcd_guard'), ('zz_etcd_truncate'), ('zz_etcd_insert'), ('zz_etcd_update'), ('zz_etcd_delete')) v(name)
where r.route = any(:routes) and not exists (
  select from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = r.table_schema and c.relname = r.table_name and g.tgname = v.name and g.tgenabled in ('O', 'A'))
group by r.route, r.table_schema, r.table_name
union all
select r.route, format('session_replication_role is replica for %s, so no trigger fires in such sessions',
    string_agg(distinct concat_ws(' of ', case when s.setrole = 0 then 'all roles' else 'role ' || quote_ident(pg_get_userbyid(s.setrole)) end,
      'database ' || quote_ident(d.datname)), ', '))
from etcd_route r
cross join pg_db_role_setting s
left join pg_database d on d.oid = s.setdatabase
where r.route = any(:routes) and (s.setdatabase = 0 or d.datname = current_database()) and 'session_replication_role=replica' = any(s.setconfig)
group by r.route
order by 1, 2

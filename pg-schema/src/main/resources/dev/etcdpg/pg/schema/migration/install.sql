-- Installs or upgrades the bookkeeping schema by hand, with psql, in one transaction. It can be run again at any time. Run it in the folder that has
-- the other files, or name the file with its path:
--
--   psql -v prefix=/config/ -f install.sql
--
-- Variables (psql -v name=value):
--   schema          bookkeeping schema, which is created if it does not exist; default etcd_sync
--   prefix          prefix in etcd to mirror; without it no route is installed
--   route           name of the route; default etcd
--   table_schema    schema of the mirrored table; default public
--   table_name      mirrored table, which is created if it does not exist; default: the name of the route
--   existing_rows   what becomes of rows that the table has already: enqueue (default) sends them to etcd, ignore leaves them, fail refuses them
--
-- Set auto.create=false for the PostgreSQL sink. docs/operations.md lists the rights that the role of the connectors needs.
\set ON_ERROR_STOP on
\if :{?schema}
\else
  \set schema etcd_sync
\endif
\if :{?route}
\else
  \set route etcd
\endif
\if :{?table_schema}
\else
  \set table_schema public
\endif
\if :{?table_name}
\else
  \set table_name :route
\endif
\if :{?existing_rows}
\else
  \set existing_rows enqueue
\endif

begin;
set local client_min_messages = warning;
-- one installation at a time
select pg_advisory_xact_lock(hashtextextended('etcd_install', 0)) \gset ignored_
create schema if not exists :"schema";
select set_config('search_path', quote_ident(:'schema') || ', public', true) \gset ignored_
-- versioned files run once, in order
select to_regclass('etcd_database') is null as is_new \gset
\if :is_new
  \ir V1__bookkeeping.sql
\endif
-- files of functions and views run each time
\ir R__0_keys.sql
\ir R__1_capture.sql
\ir R__2_dispatch.sql
\ir R__3_install.sql
\ir R__4_operate.sql
\ir R__5_history.sql
\if :{?prefix}
  select etcd_install(:'route', :'prefix', :'table_schema', :'table_name', :'existing_rows') as installed;
\endif
commit;
reset search_path;

-- Grants the rights that the connectors and applications need. Run it with psql, as the owner of the bookkeeping schema and of the mirrored tables:
--
--   psql -v connectors=sync -v application=app -f grants.sql
--
-- Variables (psql -v name=value):
--   schema          bookkeeping schema; default etcd_sync
--   connectors      role of the PostgreSQL sink (with auto.create=false) and of the notify source
--   sink, source    the same with a role for each connector
--   operator        role that reads the state and decides about held changes
--   application     role that reads and writes the mirrored tables, and sees its own pending and lost changes
\set ON_ERROR_STOP on
\if :{?schema}
\else
  \set schema etcd_sync
\endif
select set_config('search_path', quote_ident(:'schema'), false) \gset ignored_
\if :{?connectors}
  select etcd_grant_to_connectors(:'connectors') \gset ignored_
\endif
\if :{?sink}
  select etcd_grant_to_sink(:'sink') \gset ignored_
\endif
\if :{?source}
  select etcd_grant_to_source(:'source') \gset ignored_
\endif
\if :{?operator}
  select etcd_grant_to_operator(:'operator') \gset ignored_
\endif
\if :{?application}
  select etcd_grant_to_application(:'application') \gset ignored_
\endif
reset search_path;

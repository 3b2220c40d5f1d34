-- The role of the notify source: it reads the pending changes, numbers them, and writes the revisions of confirmed changes.
-- Run the file as the owner of the bookkeeping schema and of the mirrored tables, after install.sql.
--
--   psql -v role=etcd_pg_source -f postgres-source.sql
--
-- Variables (psql -v name=value):
--   role      name of the role; default etcd_pg_source
--   schema    bookkeeping schema; default etcd_sync
--
-- The role has no password yet. Set one with \password etcd_pg_source, or let pg_hba.conf ask for a certificate.
-- Run the file again after a new route or a new version was installed.
\set ON_ERROR_STOP on
\if :{?role}
\else
  \set role etcd_pg_source
\endif
\if :{?schema}
\else
  \set schema etcd_sync
\endif
select not exists (select from pg_roles where rolname = :'role') as is_new \gset
\if :is_new
  create role :"role" login;
\endif
select :"schema".etcd_grant_to_source(:'role') \gset ignored_

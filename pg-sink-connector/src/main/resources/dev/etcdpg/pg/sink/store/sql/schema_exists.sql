-- Whether the database has a schema. Works without any right on it.
select exists (select from pg_namespace where nspname = :schema) as exists

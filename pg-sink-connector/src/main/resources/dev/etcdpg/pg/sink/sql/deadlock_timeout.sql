select setting::bigint from pg_settings where name = 'deadlock_timeout'

-- Returns the session's own limits, the time after which the server looks for a deadlock (in ms), and the name of this database.
select (select setting::bigint from pg_settings where name = 'deadlock_timeout') as deadlock_timeout,
       current_setting('lock_timeout') as lock_timeout, current_setting('statement_timeout') as statement_timeout,
       (select origin::text from etcd_database) as origin

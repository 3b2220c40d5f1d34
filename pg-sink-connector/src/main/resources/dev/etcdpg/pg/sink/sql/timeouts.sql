select current_setting('lock_timeout'), current_setting('statement_timeout')

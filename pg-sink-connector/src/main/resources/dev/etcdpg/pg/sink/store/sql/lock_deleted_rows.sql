-- Locks rows that may be deleted, except for rows that another transaction has locked: the sink does not wait for applications here.
select t.key from ${table} t where t.key = any(:keys) order by t.key for update skip locked

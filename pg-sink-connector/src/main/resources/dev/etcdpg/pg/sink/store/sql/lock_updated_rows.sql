-- Locks rows that are only updated, except for rows that another transaction has locked. A transaction that has inserted a row with a foreign key
-- to a row is not in the way.
select t.key from ${table} t where t.key = any(:keys) order by t.key for no key update skip locked

delete from ${table} t where t.key = any(:keys)

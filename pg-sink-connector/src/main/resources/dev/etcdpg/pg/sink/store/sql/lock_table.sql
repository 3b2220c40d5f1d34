-- Conflicts with every lock of the whole table that could block the sink. Later statements need no stronger lock, so they do not wait for one.
lock table ${table} in row exclusive mode

-- Conflicts with whoever locks the table as a whole. What we do later needs no stronger lock, so it cannot wait for them any more.
lock table ${table} in row exclusive mode

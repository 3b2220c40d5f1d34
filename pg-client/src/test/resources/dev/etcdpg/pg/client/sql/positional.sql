select 1 where key = ?

-- A comment with a ? and a :parameter.
select t.key::text
  -- another
from ${table} t where t.route = :route and t.key = any(:keys) or t.route = :route

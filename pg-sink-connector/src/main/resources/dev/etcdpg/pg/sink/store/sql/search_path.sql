-- Sets the search path until the end of the transaction: the session may belong to a pooler.
select set_config('search_path', :search_path, true)

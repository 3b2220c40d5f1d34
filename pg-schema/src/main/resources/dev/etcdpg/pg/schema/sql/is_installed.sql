select to_regclass(:table) is not null as is_installed

select schema_version from ${table}

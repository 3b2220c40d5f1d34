-- Limits of keys and values, and the partition of a key.
do $$ begin perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false); end $$;

-- A longer key does not fit into an index row (2,704 bytes) together with the route and numbers.
create or replace function etcd_max_key_bytes() returns int
language sql immutable parallel safe as 'select 2048';

-- etcd accepts requests of up to 1.5 MiB. A request carries the key three times, and 1 KiB is reserved for the keys of the connector.
create or replace function etcd_max_entry_bytes() returns int
language sql immutable parallel safe as 'select 1571840';

-- Two bounds of a range must fit into one index row (2,704 bytes).
create or replace function etcd_max_bound_bytes() returns int
language sql immutable parallel safe as 'select 1024';

-- Size of an entry in a request to etcd; at most etcd_max_entry_bytes().
create or replace function etcd_entry_bytes(key text, value text) returns int
language sql immutable parallel safe as 'select octet_length($2) + 3 * octet_length($1)';

-- The first four bytes of the SHA-256 of the key, as an unsigned number. The partition of the key is the remainder modulo the number of partitions.
create or replace function etcd_partition_hash(key text) returns bigint
language sql immutable parallel safe as $$
  select ('x' || substr(encode(sha256(convert_to($1, 'UTF8')), 'hex'), 1, 8))::bit(32)::bigint
$$;

create or replace function etcd_partition(key text, partitions int) returns int
language sql immutable parallel safe as $$
  select (etcd_partition_hash($1) % $2)::int
$$;

select position from unnest(etcd_sequence_positions()) with ordinality u(position, place) order by place

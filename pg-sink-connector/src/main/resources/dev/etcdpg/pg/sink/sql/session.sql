-- One plan for each statement, kept, whatever the tables hold when it is made: batches come as arrays, and every table is reached by its key.
set enable_seqscan = off;
set enable_hashjoin = off;
set enable_mergejoin = off;
set jit = off

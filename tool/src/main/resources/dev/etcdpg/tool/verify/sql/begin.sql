-- All statements of a comparison see the same state.
set transaction isolation level repeatable read, read only

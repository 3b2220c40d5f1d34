/**
 * Reads the records of a topic partition: the inputs of each key, the chain of numbers, losses, and deferred keys. The package performs no I/O.
 */
@NullMarked
package dev.etcdpg.pg.sink.read;

import org.jspecify.annotations.NullMarked;

/** From the records of a topic partition to what is said of each key: chain of numbers, losses, what is set aside. No I/O. */
package dev.etcdpg.pg.sink.read;

/** A topic in memory, and the part of a Connect worker that delivers its records to a sink task. */
package dev.etcdpg.testing.protocol.kafka;

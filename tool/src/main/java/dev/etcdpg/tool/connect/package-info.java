/** The REST API of the Connect workers, and Kafka's admin client. */
@NullMarked
package dev.etcdpg.tool.connect;

import org.jspecify.annotations.NullMarked;

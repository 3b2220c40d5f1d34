/** The topics of a connector: whether they exist, whether they have enough partitions, and whether records reach them. */
@NullMarked
package dev.etcdpg.core.topic;

import org.jspecify.annotations.NullMarked;

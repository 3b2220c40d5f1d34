/** Pure: turns a {@code sync.yaml} into topics and configurations of connectors, and compares them with what exists. */
@NullMarked
package dev.etcdpg.tool.plan;

import org.jspecify.annotations.NullMarked;

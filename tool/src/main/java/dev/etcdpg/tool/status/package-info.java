/** Collects the state of a deployment from the workers, the brokers and both stores. */
@NullMarked
package dev.etcdpg.tool.status;

import org.jspecify.annotations.NullMarked;

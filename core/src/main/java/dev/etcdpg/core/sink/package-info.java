/** What the sinks share. */
package dev.etcdpg.core.sink;

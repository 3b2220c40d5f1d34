/** What the sinks share. */
package dev.etcdpg.common.sink;

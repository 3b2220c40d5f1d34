/** Single message transforms for sinks of the topics that this project's sources write. */
package dev.etcdpg.transforms;

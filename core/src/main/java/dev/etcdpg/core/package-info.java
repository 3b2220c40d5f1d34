/**
 * What both directions share: where a key belongs ({@link dev.etcdpg.core.Route}, {@link dev.etcdpg.core.KeyRange}, {@link
 * dev.etcdpg.core.KeyPartitioner}) and when it was written ({@link dev.etcdpg.core.Revision}).
 */
package dev.etcdpg.core;

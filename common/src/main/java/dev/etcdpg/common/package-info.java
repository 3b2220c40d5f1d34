/**
 * What both directions share: where a key belongs ({@link dev.etcdpg.common.Route}, {@link dev.etcdpg.common.KeyRange}, {@link
 * dev.etcdpg.common.Lanes}) and when it was written ({@link dev.etcdpg.common.Revision}).
 */
package dev.etcdpg.common;

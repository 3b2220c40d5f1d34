/** Settings that several connectors share, each as a group of a {@link org.apache.kafka.common.config.ConfigDef} with its reader. */
package dev.etcdpg.core.config;

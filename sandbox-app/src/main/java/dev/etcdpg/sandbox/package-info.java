/** The command line behind {@code ./sandbox}. */
package dev.etcdpg.sandbox;

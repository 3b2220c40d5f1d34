/** The command line of {@code etcd-pg}: each command is a class that reads options, calls one of the packages below, and prints. */
@NullMarked
package dev.etcdpg.tool;

import org.jspecify.annotations.NullMarked;

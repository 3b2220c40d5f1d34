/** The file {@code sync.yaml}: its content as records, its schema, and sentences about mistakes in it. */
@NullMarked
package dev.etcdpg.tool.file;

import org.jspecify.annotations.NullMarked;

package dev.etcdpg.tool;

import picocli.CommandLine.Option;

/** Options of commands that list rows. */
final class RowOptions {

    @Option(
            names = "--values",
            description = "Shows the values, which may be secret. Without it, their sizes are shown.")
    boolean values;

    @Option(
            names = "--limit",
            paramLabel = "ROWS",
            defaultValue = "100",
            description = "Largest number of rows (default: 100).")
    int limit;
}

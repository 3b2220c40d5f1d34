package dev.etcdpg.tool.connect;

import java.util.List;

/** Finds the sentence in a stack trace. */
final class TraceText {

    private static final String CAUSE = "Caused by: ";

    private TraceText() {}

    /**
     * Returns the message of the exception, or of its innermost cause if the exception is Connect's own wrapper, without the name of the class.
     */
    static String sentence(String trace) {
        List<String> lines = trace.lines().toList();
        if (lines.isEmpty()) {
            return "There is no trace in the status.";
        }
        String line = lines.get(0);
        if (line.contains("Exiting WorkerSinkTask due to unrecoverable exception")
                || line.contains("Unrecoverable exception")) {
            line = lines.stream()
                    .filter(one -> one.startsWith(CAUSE))
                    .reduce((first, second) -> second)
                    .orElse(line);
        }
        return line.replaceFirst("^" + CAUSE, "").replaceFirst("^[\\w.$]+(Exception|Error): ", "");
    }
}

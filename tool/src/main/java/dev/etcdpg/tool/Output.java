package dev.etcdpg.tool;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine.Option;

/** The two forms of output: lines for people, one JSON document for machines. Progress goes to the standard error stream. */
final class Output {

    private static final ObjectMapper JSON =
            new ObjectMapper().findAndRegisterModules().enable(SerializationFeature.INDENT_OUTPUT);

    @Option(names = "--json", description = "Prints one JSON document to the standard output.")
    private boolean json;

    boolean isJson() {
        return json;
    }

    static void print(PrintWriter out, Object document) {
        try {
            out.println(JSON.writeValueAsString(document));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.etcdpg.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A command of {@code ./sandbox} that has ended, with everything that it has printed. */
record SandboxRun(int status, String out, String err) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    static SandboxRun run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream complained = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
            int status = Main.commandLine().execute(arguments);
            return new SandboxRun(
                    status, printed.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** Repeats a query until its result has a value. */
    static void awaitRow(String query, String value) {
        await(query)
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(run("sql", query).out()).contains(value));
    }
}

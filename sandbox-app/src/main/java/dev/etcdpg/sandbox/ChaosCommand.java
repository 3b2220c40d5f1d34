package dev.etcdpg.sandbox;

import dev.etcdpg.testing.chaos.ChaosRun;
import dev.etcdpg.testing.stack.Checkout;
import dev.etcdpg.testing.stack.SandboxException;
import dev.etcdpg.testing.stack.StackSecurity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.commons.io.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "chaos",
        aliases = "torture",
        description = {
            "Starts a stack of its own, writes on both sides and inflicts faults: it kills and freezes servers, cuts and black-holes"
                    + " links, compacts etcd, pauses, stops, restarts and reconfigures connectors, terminates backends, locks"
                    + " rows and fills the notification queue. After each round of faults it waits for quiet and judges the history: both sides are equal, the"
                    + " history is true and complete, and each committed change has exactly one outcome.",
            "The exit status is 1 when a check fails; the command then keeps the servers' logs and data."
        })
final class ChaosCommand implements Callable<Integer> {
    private static final int SEEDS = 1_000_000;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "300",
            description = "New rounds begin until this number of seconds has passed (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Decides the faults, their times and the writes (default: random; the command prints it).")
    private Long seed;

    @Option(
            names = "--round",
            paramLabel = "N",
            defaultValue = "40",
            description = "Seconds of faults before each judgement (default: ${DEFAULT-VALUE}).")
    private int round;

    @Option(
            names = "--pooler",
            description = "Lets connectors and writers share a few connections of PgBouncer in transaction mode.")
    private boolean pooler;

    @Option(names = "--secure", description = "With TLS, users and roles of least rights, as up --secure.")
    private boolean secure;

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (seconds < 1 || round < 1) {
            throw new SandboxException("--seconds and --round must be at least 1");
        }
        if (pooler && secure) {
            throw new SandboxException("--pooler and --secure exclude each other: the pooler speaks plain text");
        }
        long chosen = seed == null ? ThreadLocalRandom.current().nextInt(SEEDS) : seed;
        Path folder = Checkout.chaosFolder(chosen);
        StackSecurity security = secure ? StackSecurity.secured(folder) : StackSecurity.none();
        ChaosRun run = new ChaosRun(folder, security, System.out);
        boolean holds = false;
        try {
            run.up();
            if (pooler) {
                run.poolConnections();
            }
            holds = run.run(chosen, Duration.ofSeconds(seconds), Duration.ofSeconds(round));
        } finally {
            if (holds) {
                run.close();
                FileUtils.deleteDirectory(folder.toFile());
            } else {
                run.kill();
                System.out.println("Data and logs are in " + folder + ". To repeat this run: ./sandbox chaos --seconds "
                        + seconds + " --round " + round + " --seed " + chosen + (pooler ? " --pooler" : "")
                        + (secure ? " --secure" : ""));
            }
        }
        return holds ? 0 : 1;
    }
}

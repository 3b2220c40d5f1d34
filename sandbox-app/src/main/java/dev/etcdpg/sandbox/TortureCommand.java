package dev.etcdpg.sandbox;

import dev.etcdpg.testing.chaos.Torture;
import dev.etcdpg.testing.stack.Checkout;
import dev.etcdpg.testing.stack.DeleteFolder;
import dev.etcdpg.testing.stack.SandboxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "torture",
        description = {
            "Starts a stack of its own, writes on both sides, and breaks everything there is to break: kills and freezes servers,"
                    + " cuts and black-holes links, compacts etcd, pauses, stops, restarts and reconfigures connectors, terminates"
                    + " backends, locks rows. After each round of faults it waits for quiet and judges: both sides equal, history"
                    + " true and complete, each committed change with exactly one outcome.",
            "Exit status 1 when something does not hold; the servers' logs and data are then kept."
        })
final class TortureCommand implements Callable<Integer> {
    private static final int SEEDS = 1_000_000;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "300",
            description = "Rounds begin until so many seconds have passed (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description =
                    "Decides which faults come when and what is written (default: a random one, which is printed).")
    private Long seed;

    @Option(
            names = "--round",
            paramLabel = "N",
            defaultValue = "40",
            description = "Seconds of faults before each judgement (default: ${DEFAULT-VALUE}).")
    private int round;

    @Override
    public Integer call() throws InterruptedException {
        if (seconds < 1 || round < 1) {
            throw new SandboxException("--seconds and --round are at least 1");
        }
        long chosen = seed == null ? ThreadLocalRandom.current().nextInt(SEEDS) : seed;
        Path folder = Checkout.tortureFolder(chosen);
        Torture torture = new Torture(folder, System.out);
        boolean holds = false;
        try {
            torture.up();
            holds = torture.run(chosen, Duration.ofSeconds(seconds), Duration.ofSeconds(round));
        } finally {
            if (holds) {
                torture.close();
                DeleteFolder.delete(folder);
            } else {
                torture.kill();
                System.out.println("Data and logs are in " + folder + ". To run it again: ./sandbox torture --seconds "
                        + seconds + " --round " + round + " --seed " + chosen);
            }
        }
        return holds ? 0 : 1;
    }
}

package dev.etcdpg.sandbox.demo;

import java.util.Arrays;
import java.util.concurrent.Callable;

/** How long a change takes when nothing else goes on. */
final class RoundTrip implements Chapter {
    private static final int WARM_UP = 30;
    private static final int SAMPLES = 100;
    private static final int ROUNDS = 3;
    private static final double LIMIT_MS = 50;
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    @Override
    public String title() {
        return "How long a change takes on an idle stack";
    }

    @Override
    public boolean isTimed() {
        return true;
    }

    @Override
    public void tell(World world) throws Exception {
        String key = World.key("round-trip");
        world.etcd().put(key, "begin");
        world.await("both sides hold the key", () -> BothWays.agree(world, key, "begin"));
        measure(world, "from a put in etcd to the visible row", i -> {
            String value = "etcd " + i;
            world.etcd().put(key, value);
            return () -> world.table().get(key).value().equals(value);
        });
        measure(world, "from a commit in PostgreSQL to the key visible in etcd", i -> {
            String value = "sql " + i;
            world.table().execute("update etcd set value = ? where key = ?", value, key);
            return () -> world.etcd().get(key).value().equals(value);
        });
    }

    @FunctionalInterface
    private interface Sample {
        /** Makes the change; gives what tells that it has arrived. */
        Callable<Boolean> write(int i) throws Exception;
    }

    /** Measures again when the limit is not kept: something else may be busy on this machine. */
    private static void measure(World world, String what, Sample sample) throws Exception {
        for (int round = 1; ; round++) {
            double[] millis = round(world, what, sample);
            double median = millis[SAMPLES / 2];
            String measured = String.format(
                    "%s: median %.1f ms (95%%: %.1f ms, longest %.1f ms, of %d)",
                    what, median, millis[SAMPLES * 95 / 100], millis[SAMPLES - 1], SAMPLES);
            if (median < LIMIT_MS || round == ROUNDS) {
                world.check(median < LIMIT_MS, measured);
                return;
            }
            world.say(measured + "; once more");
        }
    }

    /** The sorted times of all samples, in milliseconds. */
    private static double[] round(World world, String what, Sample sample) throws Exception {
        double[] millis = new double[SAMPLES];
        for (int i = -WARM_UP; i < SAMPLES; i++) {
            Callable<Boolean> arrived = sample.write(i);
            long start = System.nanoTime();
            while (!arrived.call()) {
                if (System.nanoTime() - start > PATIENCE_NANOS) {
                    throw new DoesNotHold(what + ": nothing arrived within 30 s");
                }
            }
            if (i >= 0) {
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
            // The next change waits for this one's confirmation, which is not what is measured here.
            while (world.table().pending() > 0) {
                if (System.nanoTime() - start > PATIENCE_NANOS) {
                    throw new DoesNotHold(what + ": not confirmed within 30 s");
                }
            }
        }
        Arrays.sort(millis);
        return millis;
    }
}

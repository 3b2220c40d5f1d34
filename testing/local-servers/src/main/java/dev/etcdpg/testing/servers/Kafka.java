package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntUnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;

/** A Kafka broker, which is also its KRaft controller, in a JVM of its own. */
public final class Kafka extends LocalServer {
    private static final int HEAP_MB = 384;
    /** Longer than a start takes on a busy machine. */
    private static final Duration FENCING = Duration.ofSeconds(180);

    /** Steps of the controller's log. A step takes 500 ms, and a session ends after 500 ms. */
    private static final int STEPS_WITHOUT_FENCING = 12;

    private static final int MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

    private final Map<String, String> settings;
    private final Map<String, Integer> advertised = new ConcurrentHashMap<>();

    private Kafka(Builder builder) {
        super(builder);
        this.settings = new LinkedHashMap<>(builder.settings);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Starts a broker with default settings. */
    public static Kafka started() {
        return builder().start();
    }

    /** Returns the broker that all tests of this JVM share. Use topics of your own. */
    public static Kafka shared() {
        return Shared.KAFKA;
    }

    /** {@code 127.0.0.1:port}. */
    public String bootstrap() {
        return "127.0.0.1:" + port("kafka");
    }

    /**
     * Adds a listener for clients that connect through a proxy: the broker advertises the proxy's port to them. Call this method before
     * the broker starts.
     *
     * @param listener capital letters, digits and _
     * @param port gives for the listener's own port the one to tell clients
     * @return host:port for {@code bootstrap.servers}
     */
    public String addListener(String listener, IntUnaryOperator port) {
        return "127.0.0.1:" + advertised.computeIfAbsent(listener, name -> port.applyAsInt(port(name)));
    }

    @Override
    List<String> command() throws IOException {
        Path properties = JavaProgram.writeProperties(folder().resolve("server.properties"), allSettings());
        if (!Files.exists(data().resolve("meta.properties"))) {
            Folders.delete(data());
            Command.run(JavaProgram.command(
                    folder(),
                    HEAP_MB,
                    "kafka.tools.StorageTool",
                    "format",
                    "--cluster-id",
                    Uuid.randomUuid().toString(),
                    "--config",
                    properties.toString()));
        } else {
            fenceFormerSelf();
        }
        return JavaProgram.command(folder(), HEAP_MB, "kafka.Kafka", properties.toString());
    }

    /**
     * Lets the controller, started alone, fence the killed broker before the broker starts again. Otherwise the broker is still
     * registered, and its transaction coordinator resumes half-written commits. When the old session then times out, the coordinator
     * drops their markers ("likely deleted already") and completes them, and read_committed consumers stop at such a transaction (seen with Kafka 4.3.1, one node). It is also sooner
     * than waiting for that session. A broker that ended by itself is out already.
     */
    private void fenceFormerSelf() throws IOException {
        Path place = Files.createDirectories(folder().resolve("fencing"));
        Map<String, String> controller = allSettings();
        controller.put("process.roles", "controller");
        controller.put("listeners", "CONTROLLER://127.0.0.1:" + port("controller"));
        controller.remove("advertised.listeners");
        controller.put("broker.session.timeout.ms", "500");
        Path properties = JavaProgram.writeProperties(place.resolve("server.properties"), controller);
        ServerProcess process = new ServerProcess(place, false);
        Files.deleteIfExists(process.log());
        process.launch(JavaProgram.command(place, HEAP_MB, "kafka.Kafka", properties.toString()), environment(), place);
        try {
            Wait.until(
                    FENCING,
                    () -> !process.isAlive() || process.logContains("Kafka Server started"),
                    () -> unfenced(process));
            awaitFenced(process);
        } finally {
            process.kill();
        }
    }

    private ServerException unfenced(ServerProcess process) {
        return new ServerException(name() + " cannot be taken out of the metadata. The end of " + process.log() + ":\n"
                + process.logTail());
    }

    /**
     * Waits until the controller has fenced the broker and committed the fencing. The controller's log grows by an idle record every
     * 500 ms. One idle record can be in flight when the controller fences the broker, so the second or third step of the high watermark
     * includes the fencing. A controller that has made many steps had no broker to fence.
     */
    private void awaitFenced(ServerProcess process) {
        try (Admin admin = Admin.create(
                Map.of(AdminClientConfig.BOOTSTRAP_CONTROLLERS_CONFIG, "127.0.0.1:" + port("controller")))) {
            long[] highest = {highWatermark(admin)};
            int[] steps = new int[2];
            Wait.until(
                    FENCING,
                    () -> {
                        boolean fenced = process.logContains("Fencing broker 1 at epoch");
                        long now = highWatermark(admin);
                        if (now > highest[0]) {
                            highest[0] = now;
                            steps[0]++;
                            steps[1] += fenced ? 1 : 0;
                        }
                        return steps[1] >= 3 || (!fenced && steps[0] >= STEPS_WITHOUT_FENCING);
                    },
                    () -> unfenced(process));
        }
    }

    private static long highWatermark(Admin admin) {
        try {
            return admin.describeMetadataQuorum()
                    .quorumInfo()
                    .get(30, TimeUnit.SECONDS)
                    .highWatermark();
        } catch (ExecutionException | TimeoutException e) {
            throw new ServerException("the controller does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException("interrupted while asking the controller", e);
        }
    }

    private Map<String, String> allSettings() {
        String controller = "127.0.0.1:" + port("controller");
        Map<String, String> all = new LinkedHashMap<>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", "1");
        all.put("controller.quorum.voters", "1@" + controller);
        all.put("listeners", "PLAINTEXT://" + bootstrap() + ",CONTROLLER://" + controller);
        all.put("advertised.listeners", "PLAINTEXT://" + bootstrap());
        all.put("controller.listener.names", "CONTROLLER");
        all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        advertised.forEach((listener, port) -> {
            all.merge("listeners", "," + listener + "://127.0.0.1:" + port(listener), String::concat);
            all.merge("advertised.listeners", "," + listener + "://127.0.0.1:" + port, String::concat);
            all.merge("listener.security.protocol.map", "," + listener + ":PLAINTEXT", String::concat);
        });
        all.put("log.dirs", data().toString());
        all.put("offsets.topic.replication.factor", "1");
        all.put("offsets.topic.num.partitions", "4");
        all.put("transaction.state.log.replication.factor", "1");
        all.put("transaction.state.log.min.isr", "1");
        all.put("transaction.state.log.num.partitions", "4");
        all.put("share.coordinator.state.topic.replication.factor", "1");
        all.put("share.coordinator.state.topic.min.isr", "1");
        all.put("group.initial.rebalance.delay.ms", "0");
        all.put("message.max.bytes", Integer.toString(MAX_MESSAGE_BYTES));
        all.put("replica.fetch.max.bytes", Integer.toString(MAX_MESSAGE_BYTES));
        all.putAll(settings);
        return all;
    }

    @Override
    boolean isReady() throws ExecutionException, InterruptedException, TimeoutException {
        // The port first: a client that dials in vain logs each time.
        if (!Ports.isOpen(port("kafka"))) {
            return false;
        }
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap()))) {
            return !admin.describeCluster().nodes().get(10, TimeUnit.SECONDS).isEmpty();
        }
    }

    @Override
    Duration startTimeout() {
        return Duration.ofSeconds(180);
    }

    private static final class Shared {
        private static final Kafka KAFKA = builder().name("kafka-shared").start();
    }

    /** Settings of a broker. */
    public static final class Builder extends LocalServer.Builder<Builder> {
        private final Map<String, String> settings = new LinkedHashMap<>();

        private Builder() {
            super("kafka");
        }

        @Override
        Builder self() {
            return this;
        }

        /** Sets a property of server.properties. */
        public Builder setting(String key, String value) {
            settings.put(key, value);
            return this;
        }

        public Kafka build() {
            return new Kafka(this);
        }

        public Kafka start() {
            Kafka kafka = build();
            kafka.start();
            return kafka;
        }
    }
}

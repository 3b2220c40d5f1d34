package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A Kafka Connect worker in distributed mode, in a JVM of its own. Workers with the same broker and {@code group.id} form a cluster.
 */
public final class ConnectWorker extends LocalServer {
    private final String bootstrap;
    private final int heapMegabytes;
    private final String pluginPath;
    private final Map<String, String> settings;
    private final List<String> jvmOptions;
    private final JmxExporter exporter;

    private ConnectWorker(Builder builder) {
        super(builder);
        this.bootstrap = Objects.requireNonNull(builder.bootstrap, "bootstrap");
        this.heapMegabytes = builder.heapMegabytes;
        this.pluginPath = builder.pluginPath;
        this.settings = new LinkedHashMap<>(builder.settings);
        this.jvmOptions = List.copyOf(builder.jvmOptions);
        this.exporter = builder.exporter;
    }

    /** @param bootstrap the Kafka cluster, as host:port */
    public static Builder builder(String bootstrap) {
        return new Builder(bootstrap);
    }

    /** {@code http://127.0.0.1:port}. */
    public String url() {
        return "http://127.0.0.1:" + port("rest");
    }

    /** Returns a client of this worker's REST API. */
    public Connect connect() {
        return new Connect(url());
    }

    /** Returns host and port at which the exporter shows the metrics. */
    public String metricsAddress() {
        return "127.0.0.1:" + port("metrics");
    }

    @Override
    List<String> command() throws IOException {
        Path properties = JavaProgram.writeProperties(folder().resolve("worker.properties"), allSettings());
        String main = "org.apache.kafka.connect.cli.ConnectDistributed";
        List<String> command =
                new ArrayList<>(JavaProgram.connectCommand(folder(), heapMegabytes, main, properties.toString()));
        command.addAll(command.indexOf(main), jvmOptions);
        if (exporter != null) {
            command.add(command.indexOf(main), exporter.jvmOption(port("metrics")));
        }
        return command;
    }

    private Map<String, String> allSettings() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("bootstrap.servers", bootstrap);
        all.put("group.id", "connect");
        all.put("listeners", url());
        all.put("rest.advertised.host.name", "127.0.0.1");
        all.put("rest.advertised.port", Integer.toString(port("rest")));
        if (!pluginPath.isEmpty()) {
            all.put("plugin.path", pluginPath);
        }
        all.put("plugin.discovery", "service_load");
        all.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
        all.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        // Kafka's own providers, as an operator configures them
        all.put("config.providers", "file,directory,env");
        for (String provider : List.of("File", "Directory", "EnvVar")) {
            all.put(
                    "config.providers." + (provider.equals("EnvVar") ? "env" : provider.toLowerCase(Locale.ROOT))
                            + ".class",
                    "org.apache.kafka.common.config.provider." + provider + "ConfigProvider");
        }
        all.put("exactly.once.source.support", "enabled");
        all.put("connector.client.config.override.policy", "All");
        all.put("consumer.isolation.level", "read_committed");
        all.put("offset.flush.interval.ms", "5000");
        for (String internal : List.of("config", "offset", "status")) {
            all.put(internal + ".storage.topic", "connect-" + internal + "s");
            all.put(internal + ".storage.replication.factor", "1");
        }
        all.put("offset.storage.partitions", "4");
        all.put("status.storage.partitions", "2");
        // A killed worker's tasks move after the session timeout and this delay; the defaults mean minutes. The broker
        // allows no less than 6 s. The examples set the session timeout of the sinks' consumers.
        all.put("session.timeout.ms", "6000");
        all.put("heartbeat.interval.ms", "1500");
        all.put("scheduled.rebalance.max.delay.ms", "2000");
        all.putAll(settings);
        return all;
    }

    @Override
    boolean isReady() {
        return Ports.isOpen(port("rest")) && connect().isReady();
    }

    @Override
    Duration startTimeout() {
        return Duration.ofSeconds(180);
    }

    /** Settings of a worker. */
    public static final class Builder extends LocalServer.Builder<Builder> {
        private final String bootstrap;
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final List<String> jvmOptions = new ArrayList<>();
        private JmxExporter exporter;
        private int heapMegabytes = 512;
        private String pluginPath = "";

        private Builder(String bootstrap) {
            super("connect");
            this.bootstrap = bootstrap;
        }

        @Override
        Builder self() {
            return this;
        }

        public Builder heapMegabytes(int megabytes) {
            this.heapMegabytes = megabytes;
            return this;
        }

        /** Sets folders that contain one folder or archive for each plugin. */
        public Builder pluginPath(Path... folders) {
            this.pluginPath = Arrays.stream(folders)
                    .map(folder -> folder.toAbsolutePath().toString())
                    .collect(Collectors.joining(","));
            return this;
        }

        /** Sets a property of the worker. */
        public Builder setting(String key, String value) {
            settings.put(key, value);
            return this;
        }

        /** Adds an option of the worker's JVM, like {@code -javaagent:…}. */
        public Builder jvmOption(String option) {
            jvmOptions.add(option);
            return this;
        }

        /** Shows the metrics of the worker at {@link #metricsAddress()}. */
        public Builder exporter(JmxExporter agent) {
            this.exporter = agent;
            return this;
        }

        public ConnectWorker build() {
            return new ConnectWorker(this);
        }

        public ConnectWorker start() {
            ConnectWorker worker = build();
            worker.start();
            return worker;
        }
    }
}

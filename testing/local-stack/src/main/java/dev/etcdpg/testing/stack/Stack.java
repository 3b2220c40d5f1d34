package dev.etcdpg.testing.stack;

import dev.etcdpg.plugin.PluginPath;
import dev.etcdpg.testing.servers.Connect;
import dev.etcdpg.testing.servers.ConnectWorker;
import dev.etcdpg.testing.servers.Etcd;
import dev.etcdpg.testing.servers.Kafka;
import dev.etcdpg.testing.servers.LocalServer;
import dev.etcdpg.testing.servers.Postgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;

/** etcd, PostgreSQL, Kafka and one or more Connect workers, with their data in one folder. */
public final class Stack {
    public static final String PREFIX = "/config/";
    public static final String ETCD_TOPIC = "etcd.etcd";
    public static final String PG_TOPIC = "pg.etcd";
    public static final String CONFLICTS_TOPIC = "pg.conflicts";
    public static final String DATABASE = "sandbox";
    private static final String DEAD_LETTER_TOPICS =
            "etcd.dlq,etcd-pg.pg-sink.dlq,etcd-pg.etcd-sink.dlq," + CONFLICTS_TOPIC;
    private static final String WORKER = "connect-";

    private final Path folder;
    private final boolean detached;
    private final StackSecurity security;
    private final Etcd etcd;
    private final Postgres postgres;
    private final Kafka kafka;
    private final StackLinks links;

    /**
     * A stack in a folder. The stack can run already, and keeps the security with which it was started first.
     *
     * @param detached whether the servers outlive this process
     */
    public Stack(Path folder, boolean detached) {
        this(folder, detached, StackSecurity.of(folder));
    }

    /** A stack in a folder, with this security. */
    public Stack(Path folder, boolean detached, StackSecurity security) {
        this(folder, detached, security, Map.of(), stack -> new StackLinks() {});
    }

    /**
     * A stack whose connectors and workers reach the servers through other links.
     *
     * @param postgresSettings additional parameters of PostgreSQL
     * @param links called once, when the ports of the servers are known and no server has started
     */
    public Stack(
            Path folder,
            boolean detached,
            StackSecurity security,
            Map<String, String> postgresSettings,
            Function<Stack, StackLinks> links) {
        this.folder = folder;
        this.detached = detached;
        this.security = security;
        Etcd.Builder member = place(Etcd.builder(), "etcd");
        security.protect(member);
        this.etcd = member.build();
        Postgres.Builder server = place(Postgres.builder(), "postgres");
        postgresSettings.forEach(server::setting);
        security.protect(server);
        this.postgres = server.build();
        // The connectors create topics with the partitions they need. A client must not create them by asking for
        // metadata.
        this.kafka = place(Kafka.builder(), "kafka")
                .setting("auto.create.topics.enable", "false")
                .build();
        this.links = links.apply(this);
    }

    /** The stack of {@code ./sandbox up}. */
    public static Stack running() {
        if (!Files.isDirectory(Checkout.upFolder())) {
            throw new SandboxException("nothing is up: run ./sandbox up");
        }
        return new Stack(Checkout.upFolder(), true);
    }

    private <B extends LocalServer.Builder<B>> B place(B builder, String name) {
        builder.name(name).folder(folder.resolve(name));
        return detached ? builder.detached() : builder;
    }

    public Etcd etcd() {
        return etcd;
    }

    public Postgres postgres() {
        return postgres;
    }

    public Kafka kafka() {
        return kafka;
    }

    /** Returns a client of etcd that may read and write all keys. */
    public EtcdHttpClient etcdClient() {
        return security.etcdClient(etcd);
    }

    /** Returns what a role needs to log in to the database of the stack. Without security, each role is the superuser. */
    public SqlLogin login(SqlRole role) {
        return security.login(postgres, role);
    }

    /** Creates a role of an application, if it does not exist, and gives it a new password. */
    public SqlLogin newApplication(String name) {
        return security.newApplication(postgres, name);
    }

    /** Returns a worker, started or not. Numbers of workers begin at 1. */
    public ConnectWorker worker(int number) {
        ConnectWorker.Builder worker = place(
                        ConnectWorker.builder(links.bootstrap(number, kafka.bootstrap())), WORKER + number)
                .pluginPath(PluginPath.folder())
                .setting("topic.creation.enable", "true");
        security.workerSettings().forEach(worker::setting);
        links.workerSettings().forEach(worker::setting);
        links.workerJvmOptions(number).forEach(worker::jvmOption);
        links.exporter().ifPresent(worker::exporter);
        return worker.build();
    }

    /** Returns the workers that were started and not removed. */
    public List<ConnectWorker> workers() {
        List<ConnectWorker> workers = new ArrayList<>();
        for (int i = 1; Files.isDirectory(folder.resolve(WORKER + i)); i++) {
            workers.add(worker(i));
        }
        return workers;
    }

    public List<LocalServer> servers() {
        List<LocalServer> servers = new ArrayList<>(List.of(etcd, postgres, kafka));
        servers.addAll(workers());
        return servers;
    }

    /** Returns the server of a name. */
    public LocalServer server(String name) {
        return servers().stream()
                .filter(server -> server.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new SandboxException("there is no server " + name + "; there are "
                        + servers().stream().map(LocalServer::name).toList()));
    }

    /** Returns the server of a name. connect-2 can join a stack that was started with one worker. */
    public LocalServer serverToStart(String name) {
        return name.equals(WORKER + 2) && !workers().isEmpty() ? worker(2) : server(name);
    }

    /** Returns a REST client of the first worker that runs. */
    public Connect connect() {
        return workers().stream()
                .filter(LocalServer::isRunning)
                .findFirst()
                .map(ConnectWorker::connect)
                .orElseThrow(() -> new SandboxException("no Connect worker runs"));
    }

    /** Returns the first worker that runs, or the first worker. */
    private ConnectWorker answeringWorker() {
        return workers().stream().filter(LocalServer::isRunning).findFirst().orElseGet(() -> worker(1));
    }

    /**
     * Starts the servers that do not run, and posts the examples. Returns when the four connectors are RUNNING, the mirrored table exists and
     * the first snapshot has ended.
     */
    public void up(int workers, Consumer<String> progress) {
        progress.accept("starting etcd, PostgreSQL and Kafka");
        inParallel(List.of(etcd::start, this::startPostgres, kafka::start));
        security.createUsers(etcd, postgres);
        progress.accept("starting " + (workers == 1 ? "a Connect worker" : workers + " Connect workers"));
        List<Runnable> starts = new ArrayList<>();
        for (int i = 1; i <= workers; i++) {
            starts.add(worker(i)::start);
        }
        inParallel(starts);
        ExamplePoster poster = new ExamplePoster(connect(), progress);
        for (String name : Examples.NAMES) {
            progress.accept(
                    "posting " + Checkout.root().relativize(security.examples().resolve(name + ".json")));
            poster.post(name, Examples.read(security.examples(), name, links.environment(name, environment())));
        }
        Examples.NAMES.forEach(poster::awaitRunning);
        new ExampleTable(postgres).await();
    }

    private void startPostgres() {
        postgres.start();
        if (postgres.query("postgres", "select 1 from pg_database where datname = '" + DATABASE + "'")
                .isEmpty()) {
            postgres.createDatabase(DATABASE);
        }
    }

    private static void inParallel(List<Runnable> starts) {
        try {
            CompletableFuture.allOf(
                            starts.stream().map(CompletableFuture::runAsync).toArray(CompletableFuture[]::new))
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Kills all servers and removes their data. */
    public void down() {
        workers().forEach(LocalServer::close);
        List.of(kafka, postgres, etcd).forEach(LocalServer::close);
    }

    /** Returns the names and values that {@code ./sandbox env} prints and the examples use. */
    public Map<String, String> environment() {
        Map<String, String> all = new LinkedHashMap<>(security.environment(etcd, postgres));
        all.put("ETCD_PREFIX", PREFIX);
        all.put("PG_TABLE", "public.etcd");
        all.put("KAFKA_BOOTSTRAP", kafka.bootstrap());
        all.put("CONNECT_URL", answeringWorker().url());
        all.put("ETCD_TOPIC", ETCD_TOPIC);
        all.put("PG_TOPIC", PG_TOPIC);
        all.put("DLQ_TOPICS", DEAD_LETTER_TOPICS);
        return all;
    }
}

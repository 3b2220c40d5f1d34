package dev.etcdpg.testing.servers;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An etcd member, by default a cluster of one, with fsync on. */
public final class Etcd extends LocalServer {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final List<String> flags;
    private final boolean tls;
    private final Path ca;
    private final CertificateFiles certificate;
    private final CertificateFiles admin;
    private String initialCluster;
    private String clusterToken = "etcd-cluster";

    private Etcd(Builder builder) {
        super(builder);
        this.flags = List.copyOf(builder.flags);
        this.tls = builder.tls;
        this.ca = builder.ca;
        this.certificate = builder.certificate;
        this.admin = builder.admin;
        this.initialCluster = name() + "=" + peerUrl();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Starts a member with default settings. */
    public static Etcd started() {
        return builder().start();
    }

    /** Returns the member that all tests of this JVM share. Use a prefix of your own. */
    public static Etcd shared() {
        return Shared.ETCD;
    }

    /** Starts a cluster. */
    public static List<Etcd> cluster(int members) {
        List<Etcd> all = IntStream.rangeClosed(1, members)
                .mapToObj(i -> builder().name("etcd-" + i).build())
                .toList();
        String initial = all.stream().map(m -> m.name() + "=" + m.peerUrl()).collect(Collectors.joining(","));
        all.forEach(member -> member.initialCluster = initial);
        all.forEach(LocalServer::launch);
        all.forEach(LocalServer::awaitReady);
        return all;
    }

    /** {@code http://127.0.0.1:port} for clients, or {@code https} if the member has a certificate. */
    public String endpoint() {
        return (tls ? "https" : "http") + "://127.0.0.1:" + clientPort();
    }

    private String healthUrl() {
        return tls ? "http://127.0.0.1:" + port("metrics") : endpoint();
    }

    public int clientPort() {
        return port("client");
    }

    public String peerUrl() {
        return "http://127.0.0.1:" + port("peer");
    }

    /**
     * Runs etcdctl against this member.
     *
     * @return its standard output
     * @throws ServerException with the standard error, if the exit status is not 0
     */
    public String etcdctl(String... arguments) {
        return Command.run(etcdctlCommand(arguments), Map.of("ETCDCTL_API", "3"));
    }

    /** Returns the command line that {@link #etcdctl} runs. */
    public List<String> etcdctlCommand(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(EtcdBinaries.find().etcdctl().toString(), "--endpoints=" + endpoint()));
        if (ca != null) {
            command.add("--cacert=" + ca);
        }
        if (admin != null) {
            command.add("--cert=" + admin.certificate());
            command.add("--key=" + admin.key());
        }
        command.addAll(List.of(arguments));
        return command;
    }

    /**
     * Runs a script that calls {@code etcdctl}, which reaches this member without options.
     *
     * @param environment more variables for the script
     * @return its standard output
     * @throws ServerException with the standard error, if the exit status is not 0
     */
    public String runScript(Path script, Map<String, String> environment, String... arguments) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("PATH", EtcdBinaries.find().etcdctl().getParent() + ":" + System.getenv("PATH"));
        all.putAll(etcdctlEnvironment());
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        return Command.run(command, all);
    }

    /** Returns the variables with which etcdctl reaches this member as {@link #etcdctl} does. */
    public Map<String, String> etcdctlEnvironment() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("ETCDCTL_API", "3");
        variables.put("ETCDCTL_ENDPOINTS", endpoint());
        if (ca != null) {
            variables.put("ETCDCTL_CACERT", ca.toString());
        }
        if (admin != null) {
            variables.put("ETCDCTL_CERT", admin.certificate().toString());
            variables.put("ETCDCTL_KEY", admin.key().toString());
        }
        return variables;
    }

    /** Returns the command line of etcd's own gRPC proxy, which listens on this port of 127.0.0.1 and forwards to this member. */
    public List<String> grpcProxyCommand(int port) {
        return List.of(
                EtcdBinaries.find().etcd().toString(),
                "grpc-proxy",
                "start",
                "--endpoints=" + endpoint(),
                "--listen-addr=127.0.0.1:" + port);
    }

    /** Saves a snapshot of the running member to {@code file}, as an operator's backup does. */
    public void saveSnapshot(Path file) {
        etcdctl("snapshot", "save", file.toString());
    }

    /**
     * Kills the only member of a cluster and replaces its data with {@code etcdutl snapshot restore}. The revision goes back, and the
     * cluster id stays. Does not start the member.
     *
     * @param flags more flags of the command, like {@code --mark-compacted}
     */
    public synchronized void restoreSnapshot(Path file, String... flags) {
        eraseData();
        List<String> command = new ArrayList<>(List.of(
                EtcdBinaries.find().snapshotTool().toString(),
                "snapshot",
                "restore",
                file.toString(),
                "--name=" + name(),
                "--data-dir=" + data(),
                "--initial-cluster=" + initialCluster,
                "--initial-cluster-token=" + clusterToken,
                "--initial-advertise-peer-urls=" + peerUrl()));
        command.addAll(List.of(flags));
        Command.run(command);
    }

    /** Kills the member and removes its data. The next start makes an empty cluster with another id on the same ports. */
    public synchronized void becomeAnotherCluster() {
        eraseData();
        clusterToken = "etcd-cluster-" + UUID.randomUUID();
    }

    @Override
    List<String> command() {
        List<String> command = new ArrayList<>(List.of(
                EtcdBinaries.find().etcd().toString(),
                "--name=" + name(),
                "--data-dir=" + data(),
                "--listen-client-urls=" + endpoint(),
                "--advertise-client-urls=" + endpoint(),
                "--listen-peer-urls=" + peerUrl(),
                "--initial-advertise-peer-urls=" + peerUrl(),
                "--initial-cluster=" + initialCluster,
                "--initial-cluster-token=" + clusterToken,
                "--initial-cluster-state=new"));
        if (tls) {
            command.add("--listen-metrics-urls=" + healthUrl());
            if (certificate == null) {
                command.add("--auto-tls");
            } else {
                command.add("--cert-file=" + certificate.certificate());
                command.add("--key-file=" + certificate.key());
            }
        }
        if (admin != null) {
            command.add("--client-cert-auth");
            command.add("--trusted-ca-file=" + ca);
        }
        command.addAll(flags);
        return command;
    }

    @Override
    boolean isReady() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(healthUrl() + "/health"))
                .timeout(Duration.ofSeconds(2))
                .build();
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        return response.statusCode() == 200 && response.body().contains("\"health\":\"true\"");
    }

    @Override
    Duration startTimeout() {
        return Duration.ofSeconds(60);
    }

    private static final class Shared {
        private static final Etcd ETCD = builder().name("etcd-shared").start();
    }

    /** Settings of a member. */
    public static final class Builder extends LocalServer.Builder<Builder> {
        private final List<String> flags = new ArrayList<>();
        private boolean tls;
        private Path ca;
        private CertificateFiles certificate;
        private CertificateFiles admin;

        private Builder() {
            super("etcd");
        }

        @Override
        Builder self() {
            return this;
        }

        /** Adds a flag of etcd, like {@code --max-txn-ops=512}. */
        public Builder flag(String flag) {
            flags.add(flag);
            return this;
        }

        /** Makes the member serve clients with TLS only. It signs its certificate itself. */
        public Builder tls() {
            tls = true;
            return this;
        }

        /**
         * Makes the member serve clients with TLS only. The member reads the certificate again for each connection.
         *
         * @param signer file with the certificate of the CA that has signed the certificate, for etcdctl
         */
        public Builder tls(Path signer, CertificateFiles shown) {
            tls = true;
            ca = signer;
            certificate = shown;
            return this;
        }

        /**
         * Makes the member serve only clients with a certificate that the same CA has signed.
         *
         * @param shownByEtcdctl certificate for etcdctl
         */
        public Builder clientCertificates(CertificateFiles shownByEtcdctl) {
            admin = shownByEtcdctl;
            return this;
        }

        public Etcd build() {
            return new Etcd(this);
        }

        public Etcd start() {
            Etcd etcd = build();
            etcd.start();
            return etcd;
        }
    }
}

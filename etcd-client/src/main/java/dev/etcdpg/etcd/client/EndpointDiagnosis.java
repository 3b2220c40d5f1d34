package dev.etcdpg.etcd.client;

import dev.etcdpg.etcd.tls.TlsConfigException;
import dev.etcdpg.etcd.tls.TlsFault;
import dev.etcdpg.etcd.tls.TlsGreeting;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Finds out why no etcd answers at an endpoint. The etcd client waits until it is connected, and its only error is then that the time is over.
 * The diagnosis opens connections of its own and sends nothing but a TLS greeting.
 */
public final class EndpointDiagnosis {

    /**
     * What was found at an endpoint.
     *
     * @param sentence continues "http://etcd:2379 …", without a full stop at the end
     * @param setting setting that the user must correct; empty if the endpoint may answer later
     */
    public record Finding(String endpoint, String sentence, Optional<String> setting) {

        @Override
        public String toString() {
            return endpoint + " " + sentence;
        }
    }

    /** Longest duration of a diagnosis. It covers all endpoints, which are tried at the same time. */
    static final Duration LIMIT = Duration.ofMillis(1_500);

    private static final int STEP_MS = 600;

    /** A name server that does not answer blocks a thread for a long time, so each endpoint has a thread of its own. */
    private static final Executor THREADS = task -> {
        Thread thread = new Thread(task, "etcd-endpoint-diagnosis");
        thread.setDaemon(true);
        thread.start();
    };

    /** Empty if the endpoints are http URLs. */
    private final Optional<TlsGreeting> greeting;

    private EndpointDiagnosis(Optional<TlsGreeting> greeting) {
        this.greeting = greeting;
    }

    /**
     * Tries each endpoint.
     *
     * @return one sentence for each endpoint, without a full stop at the end
     */
    static String of(EtcdConfig config) {
        try {
            return findings(config).stream().map(Finding::toString).collect(Collectors.joining("; "));
        } catch (TlsConfigException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /**
     * Tries each endpoint.
     *
     * @return one finding for each endpoint
     * @throws TlsConfigException if the settings of TLS cannot be used
     */
    public static List<Finding> findings(EtcdConfig config) {
        return new EndpointDiagnosis(config.tls().map(tls -> new TlsGreeting(tls, EtcdConfig.ENDPOINTS)))
                .findings(config.endpoints());
    }

    private List<Finding> findings(List<String> endpoints) {
        long end = System.nanoTime() + LIMIT.toNanos();
        List<CompletableFuture<Finding>> all = endpoints.stream()
                .map(endpoint -> CompletableFuture.supplyAsync(() -> tryEndpoint(endpoint), THREADS))
                .toList();
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < endpoints.size(); i++) {
            findings.add(await(endpoints.get(i), all.get(i), end));
        }
        return findings;
    }

    private static Finding await(String endpoint, CompletableFuture<Finding> finding, long end) {
        try {
            return finding.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return later(endpoint, "cannot be reached in time: its name server or its network does not answer");
        } catch (ExecutionException e) {
            return later(endpoint, "cannot be reached");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return later(endpoint, "was not tried");
        }
    }

    private static Finding later(String endpoint, String sentence) {
        return new Finding(endpoint, sentence, Optional.empty());
    }

    private Finding tryEndpoint(String endpoint) {
        URI uri = URI.create(endpoint);
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), STEP_MS);
            socket.setSoTimeout(STEP_MS);
            Optional<TlsFault> fault = greeting.isPresent()
                    ? greeting.get().greet(socket, uri.getHost(), uri.getPort())
                    : unexpectedTls(socket, uri);
            return fault.map(found -> new Finding(endpoint, found.sentence(), Optional.of(found.setting())))
                    .orElseGet(
                            () -> later(
                                    endpoint,
                                    "accepts connections, but does not answer as etcd does. Is it the client port of etcd, and is etcd healthy?"));
        } catch (UnknownHostException e) {
            return later(endpoint, "has a host name that cannot be resolved");
        } catch (ConnectException e) {
            return later(endpoint, "refuses connections: no server listens there");
        } catch (SocketTimeoutException e) {
            return later(
                    endpoint,
                    "does not accept a connection within " + STEP_MS + " ms: a firewall or the network may drop it");
        } catch (IOException e) {
            return later(endpoint, "cannot be reached (" + e.getMessage() + ")");
        }
    }

    private static Optional<TlsFault> unexpectedTls(Socket connected, URI uri) {
        return speaksTls(connected, uri)
                ? Optional.of(new TlsFault(
                        EtcdConfig.ENDPOINTS, "expects TLS. Its URL begins with https://, and not with http://"))
                : Optional.empty();
    }

    /** Returns whether the server answers a TLS greeting as a TLS server does. A certificate that is not trusted is such an answer too. */
    private static boolean speaksTls(Socket connected, URI uri) {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        try (SSLSocket socket = (SSLSocket) factory.createSocket(connected, uri.getHost(), uri.getPort(), false)) {
            socket.startHandshake();
            return true;
        } catch (SSLException e) {
            return isAnswerOfTlsServer(e);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isAnswerOfTlsServer(SSLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException
                    || String.valueOf(cause.getMessage()).contains("fatal alert")) {
                return true;
            }
        }
        return false;
    }
}

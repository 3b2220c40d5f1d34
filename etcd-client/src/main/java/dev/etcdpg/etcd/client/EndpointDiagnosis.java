package dev.etcdpg.etcd.client;

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

    /** Longest duration of {@link #of}. It covers all endpoints, which are tried at the same time. */
    static final Duration LIMIT = Duration.ofMillis(1_500);

    private static final int STEP_MS = 600;

    /** A name server that does not answer blocks a thread for a long time, so each endpoint has a thread of its own. */
    private static final Executor THREADS = task -> {
        Thread thread = new Thread(task, "etcd-endpoint-diagnosis");
        thread.setDaemon(true);
        thread.start();
    };

    private EndpointDiagnosis() {}

    /**
     * Tries each endpoint.
     *
     * @param endpoints URLs like {@code http://host:2379}
     * @return one sentence for each endpoint, without a full stop at the end
     */
    public static String of(List<String> endpoints) {
        long end = System.nanoTime() + LIMIT.toNanos();
        List<CompletableFuture<String>> all = endpoints.stream()
                .map(endpoint -> CompletableFuture.supplyAsync(() -> tryEndpoint(endpoint), THREADS))
                .toList();
        List<String> sentences = new ArrayList<>();
        for (int i = 0; i < endpoints.size(); i++) {
            sentences.add(endpoints.get(i) + " " + await(all.get(i), end));
        }
        return sentences.stream().collect(Collectors.joining("; "));
    }

    private static String await(CompletableFuture<String> sentence, long end) {
        try {
            return sentence.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return "cannot be reached in time: its name server or its network does not answer";
        } catch (ExecutionException e) {
            return "cannot be reached";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "was not tried";
        }
    }

    private static String tryEndpoint(String endpoint) {
        URI uri = URI.create(endpoint);
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), STEP_MS);
            socket.setSoTimeout(STEP_MS);
            return speaksTls(socket, uri)
                    ? "expects TLS, which the connector does not support yet. It needs a client URL of etcd that begins with http://"
                    : "accepts connections, but does not answer as etcd does. Is it the client port of etcd, and is etcd healthy?";
        } catch (UnknownHostException e) {
            return "has a host name that cannot be resolved";
        } catch (ConnectException e) {
            return "refuses connections: no server listens there";
        } catch (SocketTimeoutException e) {
            return "does not accept a connection within " + STEP_MS + " ms: a firewall or the network may drop it";
        } catch (IOException e) {
            return "cannot be reached (" + e.getMessage() + ")";
        }
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

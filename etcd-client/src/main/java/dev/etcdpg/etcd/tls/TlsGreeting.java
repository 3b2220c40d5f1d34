package dev.etcdpg.etcd.tls;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Greets an endpoint with TLS as the etcd client does, and finds out why the two do not agree. Sends nothing but the greeting. gRPC tries again
 * until the time is over, and does not say why.
 */
public final class TlsGreeting {

    /** The JDK's usual words, which add nothing for the user. */
    private static final String NO_PATH = "unable to find valid certification path to requested target";

    private final TlsCredentials credentials;
    private final String endpoints;

    /** @param endpoints name of the setting with the endpoints */
    public TlsGreeting(TlsCredentials credentials, String endpoints) {
        this.credentials = credentials;
        this.endpoints = endpoints;
    }

    /**
     * Greets the endpoint.
     *
     * @param connected connection to the endpoint, with a timeout for reads
     * @return empty if both sides accept the connection
     * @throws IOException if the connection breaks
     */
    public Optional<TlsFault> greet(Socket connected, String host, int port) throws IOException {
        String name = credentials.serverName().orElse(host);
        SSLSocket socket =
                (SSLSocket) credentials.jdkContext().getSocketFactory().createSocket(connected, name, port, false);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(new String[] {"h2"});
        parameters.setProtocols(TlsCredentials.PROTOCOLS.toArray(String[]::new));
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
        } catch (SSLException e) {
            return Optional.of(fault(e, name));
        } catch (EOFException | SocketException e) {
            return Optional.of(closed());
        }
        return refusal(socket);
    }

    /** With TLS 1.3, a server looks at the client's certificate after the client has ended its part of the greeting. */
    private Optional<TlsFault> refusal(SSLSocket socket) {
        try {
            return socket.getInputStream().read() < 0 ? Optional.of(closed()) : Optional.empty();
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        } catch (SSLException e) {
            return Optional.of(alert(e).map(this::refused).orElseGet(this::closed));
        } catch (IOException e) {
            return Optional.of(closed());
        }
    }

    /** A server that refuses the client's certificate closes the connection, and its reason can get lost. */
    private TlsFault closed() {
        return refusedCertificate("closes the connection during the TLS greeting. It probably ", "");
    }

    private TlsFault refusedCertificate(String begin, String alert) {
        return new TlsFault(
                TlsSettings.CERT,
                credentials.hasCertificate()
                        ? begin + "refuses the client certificate in " + credentials.certFile() + alert
                                + ": the certificate "
                                + credentials
                                        .invalidity()
                                        .orElse(
                                                "must be signed by a CA in etcd's --trusted-ca-file, be valid now, and be meant for clients")
                        : begin + "demands a client certificate" + alert + ". Set " + TlsSettings.CERT + " and "
                                + TlsSettings.KEY);
    }

    private TlsFault fault(SSLException failure, String name) {
        Optional<String> alert = alert(failure);
        if (alert.isPresent()) {
            return refused(alert.get());
        }
        return cause(failure, CertificateException.class)
                .map(untrusted -> untrusted(failure, String.valueOf(untrusted.getMessage()), name))
                .orElseGet(() -> new TlsFault(
                        endpoints,
                        "does not speak TLS (" + failure.getMessage()
                                + "). If etcd listens without TLS there, its URL begins with http://"));
    }

    private TlsFault untrusted(SSLException failure, String reason, String name) {
        Optional<CertificateExpiredException> expired = cause(failure, CertificateExpiredException.class);
        Optional<CertificateNotYetValidException> early = cause(failure, CertificateNotYetValidException.class);
        if (expired.isPresent()) {
            return new TlsFault(
                    endpoints,
                    "has a certificate that has expired (" + expired.get().getMessage() + ")");
        } else if (early.isPresent()) {
            return new TlsFault(
                    endpoints,
                    "has a certificate that is not valid yet (" + early.get().getMessage() + ")");
        } else if (reason.matches("No (subject alternative|name).*")) {
            return new TlsFault(
                    credentials.serverName().isPresent() ? TlsSettings.SERVER_NAME : endpoints,
                    "has a certificate that is not valid for the name " + name + " (" + reason + "). Set "
                            + TlsSettings.SERVER_NAME + " to a name in the certificate, or use such a name in "
                            + endpoints);
        }
        return new TlsFault(
                TlsSettings.CACERT,
                "has a certificate that no CA has signed that the connector trusts. The trusted CAs are those in "
                        + credentials.trustedPlace() + (reason.endsWith(NO_PATH) ? "" : " (" + reason + ")"));
    }

    /** @param alert the server's reason, in the words of the TLS specification */
    private TlsFault refused(String alert) {
        if (alert.equals("protocol_version")) {
            return new TlsFault(endpoints, "does not speak TLS 1.2 or later, which the connector needs");
        }
        return refusedCertificate("", " (" + alert + ")");
    }

    /** Returns the reason that the server has sent, if it has sent one. */
    private static Optional<String> alert(Throwable failure) {
        String text = "Received fatal alert: ";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            int at = message.indexOf(text);
            if (at >= 0) {
                return Optional.of(message.substring(at + text.length()));
            }
        }
        return Optional.empty();
    }

    private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }
}

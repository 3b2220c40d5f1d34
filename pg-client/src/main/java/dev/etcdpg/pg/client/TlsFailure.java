package dev.etcdpg.pg.client;

import java.net.ConnectException;
import java.net.SocketException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.spec.InvalidKeySpecException;
import java.sql.SQLException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says why TLS to PostgreSQL failed. The driver's own messages name classes of the JDK. */
final class TlsFailure {

    /** The driver names its verifier in the message, in every language. */
    private static final String NAME_VERIFIER = "PgjdbcHostnameVerifier";

    /** The server's own words. Servers with messages of another language are not recognized. */
    private static final String CLIENT_CERTIFICATE = "client certificate";

    private static final String ALERT = "Received fatal alert: ";

    private TlsFailure() {}

    /** Returns a sentence for the user, or null if the failure is not one of TLS. */
    static @Nullable String describe(PostgresConfig settings, SQLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String sentence = sentence(cause);
            if (sentence != null) {
                return sentence;
            }
        }
        return settings.hasClientCertificate() && isCutOff(failure)
                ? "the server has ended the TLS handshake. It may refuse the certificate of sslcert in "
                        + PostgresConfig.URL
                        + ": check that the certificate has not expired, and that an authority of the server has issued it."
                : null;
    }

    /** With TLS 1.3 the server refuses the certificate of a client only when the client is done, and the client may not see the reason. */
    private static boolean isCutOff(SQLException failure) {
        Throwable cause = failure.getCause();
        return cause instanceof SSLException
                || cause instanceof SocketException && !(cause instanceof ConnectException);
    }

    private static @Nullable String sentence(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof CertificateExpiredException) {
            return "the certificate of the server has expired (" + message + "). Renew the certificate of the server.";
        } else if (cause instanceof CertificateNotYetValidException) {
            return "the certificate of the server is not valid yet (" + message
                    + "). Check the clocks of both machines.";
        } else if (cause instanceof CertPathBuilderException) {
            return "no authority that the connector trusts has issued the certificate of the server. Set sslrootcert in "
                    + PostgresConfig.URL + " to the certificate of the authority.";
        } else if (message.contains(NAME_VERIFIER)) {
            return "the certificate of the server is for another host name than the one in " + PostgresConfig.URL
                    + ". Use a name of the certificate as the host.";
        } else if (cause instanceof SSLException && message.contains(ALERT)) {
            return "the server has ended the TLS handshake ("
                    + message.substring(message.indexOf(ALERT) + ALERT.length())
                    + "). It may refuse the certificate of sslcert in " + PostgresConfig.URL + ".";
        } else if (cause instanceof InvalidKeySpecException) {
            return "the private key of sslkey in " + PostgresConfig.URL
                    + " is not an RSA key. Add pemKeyAlgorithm=EC (or the algorithm of your key) to the URL.";
        } else if (cause instanceof SQLException && message.contains(CLIENT_CERTIFICATE)) {
            return "the server wants a certificate of an authority that it trusts. Set sslcert and sslkey in "
                    + PostgresConfig.URL + ". The server says: " + message;
        }
        return null;
    }
}

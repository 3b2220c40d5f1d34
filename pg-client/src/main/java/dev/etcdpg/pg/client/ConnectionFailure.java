package dev.etcdpg.pg.client;

import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says why a connection could not be opened. The driver's own message for several causes is "The connection attempt failed." */
final class ConnectionFailure {

    private ConnectionFailure() {}

    /** Returns the setting that must be changed. */
    static String setting(PostgresConfig settings, SQLException failure) {
        String state = failure.getSQLState();
        if (state == null || !state.startsWith("28") || TlsFailure.describe(settings, failure) != null) {
            return PostgresConfig.URL;
        }
        return state.equals("28P01") && namesUser(settings) ? PostgresConfig.PASSWORD : PostgresConfig.USER;
    }

    /** Returns a sentence for the user. It contains no password. */
    static String describe(PostgresConfig settings, SQLException failure) {
        String network = network(failure);
        if (network != null) {
            return network;
        }
        String tls = TlsFailure.describe(settings, failure);
        if (tls != null) {
            return tls;
        }
        String message = String.valueOf(failure.getMessage());
        String state = failure.getSQLState();
        if (state != null && state.startsWith("28") && !namesUser(settings)) {
            return PostgresConfig.USER + " is not set, so the driver has used the name of the operating system's user: "
                    + message;
        }
        if ("28P01".equals(state) && settings.hasClientCertificate()) {
            return message
                    + ". If the password is right, the name in the certificate of sslcert is not the name of the role.";
        }
        return message;
    }

    private static @Nullable String network(SQLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return "the host name " + cause.getMessage() + " in " + PostgresConfig.URL + " cannot be resolved.";
            } else if (cause instanceof SocketTimeoutException) {
                return "the server in " + PostgresConfig.URL
                        + " does not answer in time. Check the host and the port, and that no firewall drops the connection.";
            } else if (cause instanceof NoRouteToHostException) {
                return "there is no route to the host in " + PostgresConfig.URL + ".";
            }
        }
        return null;
    }

    private static boolean namesUser(PostgresConfig settings) {
        String user = settings.user();
        return (user != null && !user.isEmpty())
                || settings.url().toLowerCase(Locale.ROOT).matches(".*[?&]user=.*");
    }
}

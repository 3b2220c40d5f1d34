package dev.etcdpg.etcd.tls;

import dev.etcdpg.core.config.Setting;
import dev.etcdpg.core.config.SettingGroup;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.config.AbstractConfig;

/** Settings of TLS to etcd. The names of the files are those of etcdctl's options. */
public final class TlsSettings {

    public static final String CACERT = "etcd.cacert";
    public static final String CERT = "etcd.cert";
    public static final String KEY = "etcd.key";
    public static final String SERVER_NAME = "etcd.tls.server.name";

    private final AbstractConfig config;

    public TlsSettings(AbstractConfig config) {
        this.config = config;
    }

    /** Adds these settings to the settings of the connection. */
    public static void define(SettingGroup group) {
        group.add(
                        Setting.text(CACERT)
                                .orElse(null)
                                .described(
                                        "CA certificates",
                                        "PEM file with the certificates of the CAs that sign the certificates of the etcd members, on every worker. By "
                                                + "default the JVM's trust store decides. A file that is replaced is read again, without a restart."))
                .add(
                        Setting.text(CERT)
                                .orElse(null)
                                .described(
                                        "Client certificate",
                                        "PEM file with the client certificate of the connector, and with the certificates between it and the CA. Needed if "
                                                + "etcd runs with --client-cert-auth. A file that is replaced is read again, without a restart."))
                .add(Setting.text(KEY)
                        .orElse(null)
                        .described(
                                "Client key",
                                "PEM file with the key of etcd.cert, without a passphrase. A file that is replaced is read again, without a "
                                        + "restart."))
                .add(Setting.text(SERVER_NAME)
                        .orElse(null)
                        .minor()
                        .described(
                                "Server name",
                                "Host name that the certificates of the etcd members must be valid for. By default this is the host in "
                                        + "etcd.endpoints."));
    }

    /** Returns the file with the CA certificates; empty: the JVM's trust store decides. */
    Optional<Path> cacert() {
        return text(CACERT).map(Path::of);
    }

    Optional<Path> cert() {
        return text(CERT).map(Path::of);
    }

    Optional<Path> key() {
        return text(KEY).map(Path::of);
    }

    /** Returns the name that the server must prove; empty: the host of the endpoint. */
    public Optional<String> serverName() {
        return text(SERVER_NAME);
    }

    /**
     * Refuses settings of TLS that would have no effect.
     *
     * @throws TlsConfigException if a setting of TLS is set
     */
    public void requireNone() {
        Stream.of(CACERT, CERT, KEY, SERVER_NAME)
                .filter(setting -> text(setting).isPresent())
                .findFirst()
                .ifPresent(setting -> {
                    throw new TlsConfigException(
                            setting,
                            setting
                                    + " is set, but etcd.endpoints begins with http://, so that nothing would be encrypted. Write "
                                    + "https:// in etcd.endpoints, or remove " + setting + ".");
                });
    }

    private Optional<String> text(String setting) {
        return Optional.ofNullable(config.getString(setting)).map(String::trim).filter(text -> !text.isEmpty());
    }
}

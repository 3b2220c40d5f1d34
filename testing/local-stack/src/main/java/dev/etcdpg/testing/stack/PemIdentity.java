package dev.etcdpg.testing.stack;

import dev.etcdpg.testing.servers.CertificateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * What a client of TLS has as PEM files.
 *
 * @param ca certificate of the authority that has issued the server's certificate
 * @param client certificate of the client
 */
record PemIdentity(Path ca, CertificateFiles client) {

    /** Lets Kafka's client, which reads PEM, do what the JDK cannot. */
    SSLContext context() {
        ConfigDef settings = new ConfigDef();
        SslConfigs.addClientSslSupport(settings);
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(settings.parse(Map.of(
                    SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG,
                    "PEM",
                    SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG,
                    text(ca),
                    SslConfigs.SSL_KEYSTORE_TYPE_CONFIG,
                    "PEM",
                    SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG,
                    text(client.certificate()),
                    SslConfigs.SSL_KEYSTORE_KEY_CONFIG,
                    text(client.key()))));
            return factory.sslContext();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

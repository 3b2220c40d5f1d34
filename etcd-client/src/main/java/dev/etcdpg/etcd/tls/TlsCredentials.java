package dev.etcdpg.etcd.tls;

import dev.etcdpg.core.retry.RateLimit;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates and keys for connections to etcd. Each call looks whether the files have changed, at most once a second; new connections then use
 * the new ones. No thread watches the files. Thread-safe.
 */
public final class TlsCredentials implements ClientInterceptor {

    static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private static final Logger LOG = LoggerFactory.getLogger(TlsCredentials.class);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

    private final TlsSettings settings;
    private final TlsFiles files;
    private final AdvancedTlsX509TrustManager trust;
    private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    private final RateLimit looks = new RateLimit(LOOK_INTERVAL, System::nanoTime);
    private X509Certificate @Nullable [] chain;
    private String version;

    private TlsCredentials(TlsSettings settings) throws GeneralSecurityException, IOException {
        this.settings = settings;
        this.files = new TlsFiles(settings);
        this.trust = AdvancedTlsX509TrustManager.newBuilder().build();
        this.version = files.version();
        use(files.read());
    }

    /**
     * Reads the files.
     *
     * @throws TlsConfigException if a file cannot be used, or if certificate and key are no pair. A certificate that has expired is no error:
     *     somebody can replace it
     */
    public static TlsCredentials load(TlsSettings settings) {
        try {
            return new TlsCredentials(settings);
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsConfigException(
                    TlsSettings.CACERT, "The certificates cannot be used (" + e.getMessage() + ").");
        }
    }

    private void use(TlsFiles.Content content) throws GeneralSecurityException, IOException {
        if (content.trusted().isPresent()) {
            trust.updateTrustCredentials(content.trusted().get());
        } else {
            trust.useSystemDefaultTrustCerts();
        }
        if (content.identity().isPresent()) {
            TlsFiles.Identity identity = content.identity().get();
            keys.updateIdentityCredentials(identity.chain(), identity.key());
            chain = identity.chain();
        }
    }

    /** Reads the files again if they have changed. Files that cannot be used now are left for later: they may be half replaced. */
    public synchronized void refresh() {
        if (!looks.acquire()) {
            return;
        }
        String found = files.version();
        if (found.equals(version)) {
            return;
        }
        version = found;
        try {
            use(files.read());
            LOG.info("The certificates for etcd have changed. New connections use the new ones.");
        } catch (TlsConfigException | GeneralSecurityException | IOException e) {
            LOG.warn(
                    "The certificates for etcd have changed, but cannot be used. The old ones stay in use. {}",
                    e.getMessage());
        }
    }

    /**
     * Requires that the client certificate is valid now.
     *
     * @throws TlsConfigException if it has expired, or is not valid yet
     */
    public void requireValidCertificate() {
        invalidity().ifPresent(what -> {
            throw new TlsConfigException(
                    TlsSettings.CERT, "The certificate in " + certFile() + " " + what + ". Replace it.");
        });
    }

    /** Returns what is wrong with the dates of the client certificate, as the end of a sentence. */
    synchronized Optional<String> invalidity() {
        return Optional.ofNullable(chain).flatMap(its -> TlsFiles.invalidity(its[0]));
    }

    synchronized boolean hasCertificate() {
        return chain != null;
    }

    String certFile() {
        return settings.cert().map(Object::toString).orElse("");
    }

    /** Returns where the certificates of CAs are, for messages. */
    String trustedPlace() {
        return settings.cacert()
                .map(file -> file + " (" + TlsSettings.CACERT + ")")
                .orElse("the trust store of the JVM (" + TlsSettings.CACERT + " is not set)");
    }

    Optional<String> serverName() {
        return settings.serverName();
    }

    /** Returns a context for one client. A client of its own has no session of an older one, so it shows the present certificate. */
    public SslContext sslContext() {
        try {
            SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                    .trustManager(trust)
                    .protocols(PROTOCOLS)
                    .sessionTimeout(1);
            if (hasCertificate()) {
                builder.keyManager(keys);
            }
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalStateException("This JVM has no TLS: " + e.getMessage(), e);
        }
    }

    /** Returns a context for a connection without gRPC. */
    SSLContext jdkContext() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(hasCertificate() ? new KeyManager[] {keys} : null, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM has no TLS: " + e.getMessage(), e);
        }
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        refresh();
        return next.newCall(method, options);
    }
}

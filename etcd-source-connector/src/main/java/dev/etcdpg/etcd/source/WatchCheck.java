package dev.etcdpg.etcd.source;

import dev.etcdpg.core.config.ConfigErrors;
import dev.etcdpg.etcd.client.EtcdConfig;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.source.watch.ProgressCheck;
import io.etcd.jetcd.Client;
import java.time.Duration;
import org.apache.kafka.common.config.Config;

/** Checks, when Connect validates a configuration, whether the watches of the source can work with the server. */
final class WatchCheck {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    private WatchCheck() {}

    /** @param report receives the error */
    static void run(EtcdConfig settings, Config report) {
        KeySpan bookkeeping = KeySpan.prefix(settings.bookkeepingKeys().prefix());
        try (Client client = settings.newClient()) {
            if (!ProgressCheck.answers(client.getWatchClient(), bookkeeping, LIMIT)) {
                ConfigErrors.add(report, EtcdConfig.ENDPOINTS, ProgressCheck.REFUSAL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

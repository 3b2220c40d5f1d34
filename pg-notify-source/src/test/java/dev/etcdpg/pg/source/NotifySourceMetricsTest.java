package dev.etcdpg.pg.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Route;
import dev.etcdpg.core.metrics.TaskMetrics;
import dev.etcdpg.testing.kit.TestPluginMetrics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class NotifySourceMetricsTest {

    private static final Route ROUTE = new Route("r", "/r/");

    private final TestPluginMetrics shown = new TestPluginMetrics();
    private final NotifySourceMetrics metrics = new NotifySourceMetrics(TaskMetrics.of(shown, System::nanoTime));

    @Test
    void withoutBookkeepingTheStateIsUnknown() {
        metrics.status(List.of(new NotifySourceMetrics.Status("r", 3, 70.0, 1, 60.0, 5.0)));
        assertThat(shown.value("pending-changes", "r")).isEqualTo(3);

        metrics.forget();
        assertThat(shown.value("pending-changes", "r")).isNaN();
        assertThat(shown.value("oldest-held-change-ms", "r")).isNaN();
        assertThat(shown.value("oldest-transaction-ms")).isNaN();
    }

    @Test
    void requestsAreCountedAndLogged() {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            metrics.sent(new Send.SnapshotRequest(3, ROUTE, new KeyRange("/r/a", "/r/b"), 17));
            metrics.sent(new Send.NewEpochRequest(4, ROUTE, 7, "the mirror is at 7.9"));
        } finally {
            System.setErr(before);
        }
        assertThat(shown.value("requests-total", "r", "snapshot")).isEqualTo(1);
        assertThat(shown.value("requests-total", "r", "new-epoch")).isEqualTo(1);
        assertThat(log.toString(StandardCharsets.UTF_8))
                .contains("event=snapshot-request-sent route=r after=/r/a through=/r/b request=17")
                .contains("event=new-epoch-request-sent route=r epoch=7 cause=\"the mirror is at 7.9\"");
    }
}

package dev.etcdpg.testing.stack;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.testing.servers.Connect;
import dev.etcdpg.testing.servers.ServerException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Posts example configurations, again and again while a worker refuses them: on a busy machine a server can miss the deadline of a validation. */
public final class ExamplePoster {
    private static final Duration ACCEPTED = Duration.ofSeconds(90);
    private static final Duration RUNNING = Duration.ofSeconds(180);
    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};

    private final Connect connect;
    private final Consumer<String> progress;

    /** @param progress receives a line for each refusal and for each connector that runs */
    public ExamplePoster(Connect connect, Consumer<String> progress) {
        this.connect = connect;
        this.progress = progress;
    }

    /**
     * Creates or changes a connector.
     *
     * @throws ServerException the last refusal, if the worker goes on refusing the configuration
     */
    public void post(String name, JsonNode example) {
        until(ACCEPTED, () -> {
            try {
                if (connect.connectors().contains(name)) {
                    connect.put(name, JSON.convertValue(example.get("config"), STRINGS));
                } else {
                    connect.post(example);
                }
                return null;
            } catch (ServerException refused) {
                progress.accept("trying again, because " + refused.getMessage());
                return refused;
            }
        });
    }

    /** Waits until a connector is RUNNING. */
    public void awaitRunning(String name) {
        connect.waitRunning(name, RUNNING);
        progress.accept(name + " is RUNNING");
    }

    /** Repeats a step until it returns null, and throws its last result after {@code atMost}. */
    private static void until(Duration atMost, Callable<ServerException> step) {
        ServerException[] last = new ServerException[1];
        try {
            Awaitility.await()
                    .dontCatchUncaughtExceptions()
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(AGAIN)
                    .atMost(atMost)
                    .until(() -> {
                        last[0] = step.call();
                        return last[0] == null;
                    });
        } catch (ConditionTimeoutException timeout) {
            throw last[0] == null
                    ? new ServerException("no answer within " + atMost.toSeconds() + " s", timeout)
                    : last[0];
        }
    }
}

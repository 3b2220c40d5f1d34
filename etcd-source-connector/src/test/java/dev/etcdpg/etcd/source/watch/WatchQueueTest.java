package dev.etcdpg.etcd.source.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class WatchQueueTest {

    private final Semaphore wakeUps = new Semaphore(0);
    private final WatchQueue queue = new WatchQueue(10, wakeUps::release);

    private CompletableFuture<Thread> put(long number, WatchInput input) {
        CompletableFuture<Thread> started = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            started.complete(Thread.currentThread());
            try {
                queue.put(number, input);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        thread.start();
        return started;
    }

    private static WatchInput.Events events(int size) {
        return new WatchInput.Events(List.of(), size);
    }

    @Test
    void aFullQueueBlocksUntilSomethingIsTaken() throws Exception {
        long number = queue.begin();
        queue.put(number, events(12));
        Thread blocked = put(number, events(3)).get();
        Awaitility.await().until(() -> blocked.getState() == Thread.State.WAITING);
        // a full queue holds back only events
        queue.put(number, new WatchInput.Progress(7));
        assertThat(queue.poll()).isEqualTo(events(12));
        blocked.join(Duration.ofSeconds(5).toMillis());
        assertThat(blocked.isAlive()).isFalse();
        assertThat(queue.poll()).isInstanceOf(WatchInput.Progress.class);
        assertThat(queue.poll()).isEqualTo(events(3));
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void anOlderAttemptIsDroppedAndReleased() throws Exception {
        long older = queue.begin();
        queue.put(older, events(12));
        Thread blocked = put(older, events(3)).get();
        Awaitility.await().until(() -> blocked.getState() == Thread.State.WAITING);
        long number = queue.begin();
        blocked.join(Duration.ofSeconds(5).toMillis());
        assertThat(blocked.isAlive()).isFalse();
        queue.put(older, events(1));
        assertThat(queue.poll()).isNull();
        queue.put(number, events(2));
        assertThat(queue.poll()).isEqualTo(events(2));
    }

    @Test
    void everythingThatIsPutWakesTheTask() throws Exception {
        long number = queue.begin();
        queue.put(number, events(1));
        assertThat(wakeUps.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    }
}

package dev.etcdpg.testing.chaos.nemesis;

import dev.etcdpg.testing.servers.FaultProxy;
import java.util.Random;
import java.util.function.Consumer;

/** Faults that cut, refuse and black-hole connections. */
public final class LinkFaults {
    private static final int HIGHEST_POWER_OF_BYTES = 18;

    private final Links links;

    LinkFaults(Links links) {
        this.links = links;
    }

    void cut(ScheduledFault step, Consumer<String> say) {
        links.proxy(step.target()).cut();
        say.accept("cut " + step.target());
    }

    /** Cuts each new connection within an answer, more often near its beginning. */
    void cutAfterBytes(ScheduledFault step, Consumer<String> say) throws InterruptedException {
        FaultProxy proxy = links.proxy(step.target());
        Random random = new Random(step.draw());
        int bytes = random.nextInt(1 << random.nextInt(HIGHEST_POWER_OF_BYTES + 1));
        proxy.cutAfter(bytes);
        proxy.cut();
        say.accept("cut " + step.target() + " after each " + bytes + " bytes");
        hold(step, proxy);
        // Cuts the connections that still have the limit.
        proxy.cut();
    }

    void swallow(ScheduledFault step, Consumer<String> say) throws InterruptedException {
        FaultProxy proxy = links.proxy(step.target());
        proxy.swallow();
        say.accept("swallow " + step.target() + ", then deliver");
        hold(step, proxy);
    }

    /** Data in flight is lost with its connection. */
    void swallowAndCut(ScheduledFault step, Consumer<String> say) throws InterruptedException {
        FaultProxy proxy = links.proxy(step.target());
        proxy.swallow();
        say.accept("swallow " + step.target() + ", then cut");
        try {
            Thread.sleep(step.lasts().toMillis());
        } finally {
            proxy.cut();
            proxy.heal();
        }
    }

    void refuse(ScheduledFault step, Consumer<String> say) throws InterruptedException {
        FaultProxy proxy = links.proxy(step.target());
        proxy.refuse();
        proxy.cut();
        say.accept("cut and refuse " + step.target());
        hold(step, proxy);
    }

    private static void hold(ScheduledFault step, FaultProxy proxy) throws InterruptedException {
        try {
            Thread.sleep(step.lasts().toMillis());
        } finally {
            proxy.heal();
        }
    }
}

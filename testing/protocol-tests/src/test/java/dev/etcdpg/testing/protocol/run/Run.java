package dev.etcdpg.testing.protocol.run;

import dev.etcdpg.testing.kit.TestClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The run of one history: its flags, its clock, its story, and the violations that were found until now. */
public final class Run {

    public final Set<Flag> flags;
    public final TestClock clock = TestClock.stopped();
    public final Story story = new Story();
    /** Violations. Each begins with the name of its verdict and a colon. */
    public final List<String> wrong = new ArrayList<>();

    public Run(Set<Flag> flags) {
        this.flags = flags;
    }

    public boolean has(Flag flag) {
        return flags.contains(flag);
    }

    /** Adds a line to the story. */
    public void say(String line) {
        story.tell(() -> line);
    }
}

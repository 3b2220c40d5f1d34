package dev.etcdpg.testing.protocol.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The events of a run, in order. A failed history prints its story. */
public final class Story {

    private final List<Supplier<String>> lines = new ArrayList<>();

    /** @param line is called when somebody reads the story, so it must use only values that do not change */
    public void tell(Supplier<String> line) {
        lines.add(line);
    }

    public int length() {
        return lines.size();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append("  ").append(line.get()).append('\n'));
        return text.toString();
    }
}

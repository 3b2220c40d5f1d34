package dev.etcdpg.testing.protocol.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What happened, in order, for who has to find out why a history fails. */
public final class Story {

    private final List<Supplier<String>> lines = new ArrayList<>();

    /** @param line made when it is read, from what does not change */
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

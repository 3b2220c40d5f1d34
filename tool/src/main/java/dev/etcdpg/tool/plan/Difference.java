package dev.etcdpg.tool.plan;

import java.util.List;

/**
 * What must be done to one topic or connector.
 *
 * @param details one line for each setting that differs, without passwords
 */
public record Difference(Action action, Subject subject, String name, List<String> details) {

    /** What must be done. */
    public enum Action {
        CREATE("+"),
        CHANGE("~"),
        DELETE("-"),
        NONE("=");

        private final String sign;

        Action(String sign) {
            this.sign = sign;
        }

        public String sign() {
            return sign;
        }
    }

    /** What something is done to. */
    public enum Subject {
        TOPIC,
        CONNECTOR
    }

    public Difference {
        details = List.copyOf(details);
    }

    public boolean isNeeded() {
        return action != Action.NONE;
    }
}

package dev.etcdpg.testing.chaos.history;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Shortens values: a long value becomes its beginning and its SHA-256. */
public final class Values {
    /** SQL that shortens a column {@code value} in the same way. */
    public static final String SHORTENED =
            """
            case when length(value) <= 100 then value
              else left(value, 40) || '#' || encode(sha256(convert_to(value, 'UTF8')), 'hex') end""";

    private static final int SHORT = 100;
    private static final int BEGINNING = 40;
    private static final int SHOWN = 60;

    private Values() {}

    /** @param value null for a deletion */
    public static String shortened(String value) {
        if (value == null || value.length() <= SHORT) {
            return value;
        }
        return value.substring(0, BEGINNING) + "#" + sha256(value);
    }

    /** Returns a value for a message. */
    public static String shown(String value) {
        if (value == null) {
            return "a deletion";
        }
        return "\"" + (value.length() <= SHOWN ? value : value.substring(0, SHOWN - 1) + "…") + "\"";
    }

    private static String sha256(String value) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

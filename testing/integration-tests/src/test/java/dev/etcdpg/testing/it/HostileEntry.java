package dev.etcdpg.testing.it;

import java.nio.charset.StandardCharsets;

/**
 * A key and a value as bytes. Each byte is a character (ISO 8859-1), so that entries can be compared and printed.
 *
 * @param kind the kind of input, for the table that the test prints
 */
record HostileEntry(String kind, String key, String value) {
    static final int MAX_KEY_BYTES = 2_048;

    /** Whether PostgreSQL can hold key and value. This method does not use the code under test. */
    boolean fits() {
        return isText(key) && isText(value) && key.length() <= MAX_KEY_BYTES;
    }

    HostileEntry with(String otherValue) {
        return new HostileEntry(kind, key, otherValue);
    }

    /** Whether the bytes are UTF-8 without NUL. Other bytes change when they are decoded and encoded again. */
    static boolean isText(String raw) {
        return raw.indexOf(0) < 0 && of(text(raw)).equals(raw);
    }

    /** Returns the bytes of a text. */
    static String of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    static String of(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static byte[] bytes(String raw) {
        return raw.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(String raw) {
        return new String(bytes(raw), StandardCharsets.UTF_8);
    }
}

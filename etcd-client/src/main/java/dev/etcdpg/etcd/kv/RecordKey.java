package dev.etcdpg.etcd.kv;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.Utf8;
import java.util.Optional;

/** Decides which keys records can have. */
public final class RecordKey {

    private RecordKey() {}

    /** Returns the key as text; empty if no record can have it, so that only the dead letter topic gets its events. */
    public static Optional<String> text(byte[] key) {
        return key.length > Route.MAX_KEY_BYTES ? Optional.empty() : Utf8.strict(key);
    }

    /** Returns why no record can have this key. */
    public static String refusal(byte[] key) {
        return key.length > Route.MAX_KEY_BYTES
                ? "the key has " + key.length + " bytes, more than " + Route.MAX_KEY_BYTES
                : "the key is not UTF-8 or contains a NUL";
    }
}

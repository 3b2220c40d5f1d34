package dev.etcdpg.etcd.sink;

import io.etcd.jetcd.ByteSequence;
import java.nio.charset.StandardCharsets;

/** Text to and from jetcd's bytes, always UTF-8. */
final class Bytes {

    private Bytes() {}

    static ByteSequence of(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    static String text(ByteSequence bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}

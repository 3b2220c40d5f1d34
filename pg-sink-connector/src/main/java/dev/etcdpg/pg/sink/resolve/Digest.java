package dev.etcdpg.pg.sink.resolve;

import dev.etcdpg.core.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** SHA-256 of the UTF-8 form of a value. Values are compared by their digests, so that the mirror need not keep values. */
public record Digest(long a, long b, long c, long d) {

    public static Digest ofText(String value) {
        return ofBytes(Sha256.of(value.getBytes(StandardCharsets.UTF_8)));
    }

    /** @param hash 32 bytes */
    public static Digest ofBytes(byte[] hash) {
        ByteBuffer buffer = ByteBuffer.wrap(hash);
        return new Digest(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    /** Returns 32 bytes. */
    public byte[] bytes() {
        return ByteBuffer.allocate(32)
                .putLong(a)
                .putLong(b)
                .putLong(c)
                .putLong(d)
                .array();
    }
}

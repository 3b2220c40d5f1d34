package dev.etcdpg.etcd.kv;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes of an etcd key or value. Immutable, equal by content, and ordered as etcd orders keys: byte by byte, unsigned. */
public final class EtcdBytes implements Comparable<EtcdBytes> {

    public static final EtcdBytes EMPTY = new EtcdBytes(new byte[0]);

    private final byte[] bytes;

    private EtcdBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Returns the text in UTF-8. */
    public static EtcdBytes of(String text) {
        return new EtcdBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a copy of the bytes. */
    public static EtcdBytes of(byte[] bytes) {
        return new EtcdBytes(bytes.clone());
    }

    /** Returns a copy of the bytes. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** Decodes the bytes as UTF-8. Malformed input is replaced. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Returns the number of bytes. */
    public int length() {
        return bytes.length;
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    /** Returns the first key after this one in etcd's order. */
    EtcdBytes successor() {
        return new EtcdBytes(Arrays.copyOf(bytes, bytes.length + 1));
    }

    /**
     * Returns the end (exclusive) of the range of all keys that begin with these bytes. If the range has no end, returns the byte 0, which
     * means "no end" in etcd.
     */
    EtcdBytes prefixEnd() {
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (bytes[i] != (byte) 0xff) {
                byte[] end = Arrays.copyOf(bytes, i + 1);
                end[i]++;
                return new EtcdBytes(end);
            }
        }
        return new EtcdBytes(new byte[1]);
    }

    @Override
    public int compareTo(EtcdBytes other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EtcdBytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Shows the number of bytes and not the content, because a value must not reach a log. */
    @Override
    public String toString() {
        return bytes.length + " bytes";
    }
}

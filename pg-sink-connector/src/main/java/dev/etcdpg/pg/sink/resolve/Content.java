package dev.etcdpg.pg.sink.resolve;

import org.jspecify.annotations.Nullable;

/**
 * The content of a key: nothing, a value (known by its digest), or a value that PostgreSQL text cannot store.
 *
 * @param digest digest of the value; null unless {@code kind} is {@link Kind#VALUE}
 */
public record Content(Kind kind, @Nullable Digest digest) {

    /** Kinds of content. */
    public enum Kind {
        ABSENT,
        VALUE,
        UNREPRESENTABLE
    }

    public static final Content ABSENT = new Content(Kind.ABSENT, null);
    public static final Content UNREPRESENTABLE = new Content(Kind.UNREPRESENTABLE, null);

    /** @param value null if the key is absent */
    public static Content of(@Nullable String value) {
        return value == null ? ABSENT : of(Digest.ofText(value));
    }

    public static Content of(Digest digest) {
        return new Content(Kind.VALUE, digest);
    }

    public boolean isLive() {
        return kind != Kind.ABSENT;
    }

    public boolean isValue() {
        return kind == Kind.VALUE;
    }

    /** Returns whether both contents are known to be the same. An unrepresentable value is not known, so it equals no content. */
    public boolean sameAs(Content other) {
        return kind != Kind.UNREPRESENTABLE && equals(other);
    }
}

package dev.etcdpg.core;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Text that PostgreSQL's type {@code text} can store: valid UTF-8 without U+0000. */
public final class Utf8 {

    private Utf8() {}

    /** Decodes bytes without replacing any. Returns empty if the bytes are not valid UTF-8 or contain a NUL. */
    public static Optional<String> strict(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.indexOf('\0') < 0 ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns whether PostgreSQL can store the text unchanged: the text must contain no U+0000 and no unpaired surrogate.
     * {@code CharsetEncoder.canEncode} also finds unpaired surrogates, but it encodes the whole text and is up to sixty times slower.
     */
    public static boolean isText(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return false;
            } else if (Character.isSurrogate(c)) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(c, text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /** Returns the number of bytes of the text in UTF-8, without encoding it. */
    public static long length(String text) {
        long bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x800) {
                // a surrogate pair has two chars and four bytes
                bytes += Character.isSurrogate(c) ? 1 : 2;
            } else if (c >= 0x80) {
                bytes++;
            }
        }
        return bytes;
    }

    /** Compares texts by the bytes of their UTF-8 form, as etcd and PostgreSQL's collation "C" do. This is the order of code points. */
    public static int compare(String a, String b) {
        int i = 0;
        int n = Math.min(a.length(), b.length());
        while (i < n && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        if (i == n) {
            return Integer.compare(a.length(), b.length());
        }
        char x = a.charAt(i);
        char y = b.charAt(i);
        // In UTF-16, surrogate pairs (code points above U+FFFF) sort before U+E000..U+FFFF. In UTF-8 they sort after
        // them.
        if (Character.isSurrogate(x) != Character.isSurrogate(y)) {
            return Character.isSurrogate(x) ? 1 : -1;
        }
        return Character.compare(x, y);
    }
}

package dev.etcdpg.testing.it;

import java.util.ArrayList;
import java.util.List;

/** Byte strings that are not UTF-8, of every kind. Each byte is a character (ISO 8859-1). */
final class HostileBytes {

    private HostileBytes() {}

    static List<String> notUtf8() {
        List<String> all = new ArrayList<>();
        // overlong forms
        all.addAll(List.of(
                "\u00c0\u0080",
                "\u00c0\u00af",
                "\u00c1\u00bf",
                "\u00e0\u0080\u0080",
                "\u00e0\u0080\u00af",
                "\u00e0\u009f\u00bf",
                "\u00f0\u0080\u0080\u0080",
                "\u00f0\u0080\u0080\u00af",
                "\u00f0\u008f\u00bf\u00bf",
                "\u00f8\u0088\u0080\u0080\u0080",
                "\u00fc\u0084\u0080\u0080\u0080\u0080"));
        // continuation bytes without a first byte
        all.addAll(List.of("\u0080", "\u00bf", "\u0080\u00bf", "\u0080\u0080\u0080\u0080"));
        // halves of surrogate pairs, and a pair as two characters (CESU-8)
        all.addAll(List.of(
                "\u00ed\u00a0\u0080",
                "\u00ed\u00ad\u00bf",
                "\u00ed\u00ae\u0080",
                "\u00ed\u00af\u00bf",
                "\u00ed\u00b0\u0080",
                "\u00ed\u00bf\u00bf",
                "\u00ed\u00a0\u00bd\u00ed\u00b8\u0080"));
        // truncated characters
        all.addAll(List.of(
                "\u00c3",
                "\u00e2",
                "\u00e2\u0082",
                "\u00f0",
                "\u00f0\u009f",
                "\u00f0\u009f\u0098",
                "\u00c3(",
                "\u00e2\u0082(",
                "\u00e2(\u0082",
                "\u00f0\u009f\u0098(",
                "\u00f0(\u008c\u00bc"));
        // code points above U+10FFFF, and bytes that UTF-8 does not use
        all.addAll(List.of(
                "\u00f4\u0090\u0080\u0080",
                "\u00f5\u0080\u0080\u0080",
                "\u00f7\u00bf\u00bf\u00bf",
                "\u00f8",
                "\u00fb\u00bf\u00bf\u00bf\u00bf",
                "\u00fc",
                "\u00fd\u00bf\u00bf\u00bf\u00bf\u00bf",
                "\u00fe",
                "\u00ff",
                "\u00fe\u00ff",
                "\u00ff\u00fe",
                "\u00ff\u00fe\u0000\u0000"));
        // other encodings: UTF-16, ISO 8859-1, compressed data, C strings with NUL
        all.addAll(List.of(
                "\u00ff\u00fea\u0000b\u0000",
                "gr\u00fc\u00df",
                "\u001f\u008b\u0008\u0000\u0000\u0000",
                "a\u0000",
                "\u0000"));
        return all;
    }
}

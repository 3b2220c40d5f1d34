package dev.etcdpg.testing.it;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Thousands of keys and values that a wrong conversion would change. The seed decides the corpus. */
final class HostileCorpus {
    /** The longest text, except in the kinds that test the length. */
    private static final int LENGTH = 40;

    private static final int RANDOM = 300;

    private final String prefix;
    private final Random random;
    private final Map<String, HostileEntry> entries = new LinkedHashMap<>();

    private HostileCorpus(String prefix, long seed) {
        this.prefix = HostileEntry.of(prefix);
        this.random = new Random(seed);
    }

    /** The keys are different. */
    static List<HostileEntry> generate(String prefix, long seed) {
        HostileCorpus corpus = new HostileCorpus(prefix, seed);
        corpus.blanks();
        corpus.everyByte();
        corpus.beyondAscii();
        corpus.notUtf8();
        corpus.texts("fragments of SQL, JSON and other languages", HostileTexts.FRAGMENTS);
        corpus.texts("numbers", HostileTexts.NUMBERS);
        corpus.alike();
        corpus.codePoints();
        corpus.prefixes();
        corpus.keyLengths();
        corpus.valueLengths();
        corpus.random();
        return List.copyOf(corpus.entries.values());
    }

    /** Returns the same keys, each with the value of another key. */
    static List<HostileEntry> rotated(List<HostileEntry> entries) {
        List<HostileEntry> rotated = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            HostileEntry entry = entries.get(i);
            rotated.add(entry.with(entries.get((i + 2) % entries.size()).value() + "'"));
        }
        return rotated;
    }

    private void add(String kind, String key, String value) {
        entries.putIfAbsent(prefix + key, new HostileEntry(kind, prefix + key, value));
    }

    private void blanks() {
        add("empty-looking keys", "", "the key is the prefix");
        for (String blank : HostileTexts.BLANKS) {
            String raw = HostileEntry.of(blank);
            add("empty-looking keys", raw, "value of a blank");
            add("empty-looking keys", raw + raw + "/", raw);
            add("empty-looking values", "blank/" + raw, raw);
            add("empty values", "empty/" + raw, "");
        }
    }

    private void everyByte() {
        for (char b = 0; b <= 0xff; b++) {
            add("every byte, in keys", "byte/" + b, "byte " + (int) b);
            add("every byte, in keys", "byte/a" + b + "z", "inner byte " + (int) b);
            add("every byte, in values", "byte-value/" + (int) b, String.valueOf(b));
            add("every byte, in values", "byte-value/inner/" + (int) b, "a" + b + "z");
        }
    }

    /** The characters of ISO 8859-1 beyond ASCII, in UTF-8. They show a confusion of the two encodings, which other bytes can hide. */
    private void beyondAscii() {
        for (char c = 0x80; c <= 0xff; c++) {
            String raw = HostileEntry.of(String.valueOf(c));
            add("every character of ISO 8859-1, in keys", "latin/" + raw, "character " + (int) c);
            add("every character of ISO 8859-1, in values", "latin-value/" + (int) c, "a" + raw + "z");
        }
    }

    private void notUtf8() {
        List<String> all = HostileBytes.notUtf8();
        for (int i = 0; i < all.size(); i++) {
            String bad = all.get(i);
            add("not UTF-8, in keys", "bad/" + bad, "value " + i);
            add("not UTF-8, in keys", "bad/in/" + bad + "/" + i, "value " + i);
            add("not UTF-8, in values", "bad-value/" + i, bad);
            add("not UTF-8, in values", "bad-value/in/" + i, "text " + bad + " text");
            add("not UTF-8, in both", "bad-both/" + bad, bad);
        }
    }

    private void texts(String kind, List<String> texts) {
        for (String text : texts) {
            String raw = HostileEntry.of(text);
            add(kind + ", in keys", raw, "plain");
            add(kind + ", in keys", "in/" + raw + "/key", raw);
            add(kind + ", in values", kind + "/" + raw, "text " + raw + raw + " text");
        }
    }

    private void alike() {
        for (int i = 0; i < HostileTexts.ALIKE.size(); i++) {
            for (String text : HostileTexts.ALIKE.get(i)) {
                String raw = HostileEntry.of(text);
                add("alike in some collation", "alike/" + raw, raw);
                add("alike in some collation", "alike/" + raw + "/x", raw + " x");
                add("alike in some collation", raw, "at the top " + raw);
            }
        }
    }

    /** Code points at the limits between lengths and classes of UTF-8. */
    private void codePoints() {
        int[] borders = {
            0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xf8ff, 0xfdd0, 0xfffd, 0xffff, 0x10000, 0x1ffff, 0xf0000, 0x10ffff
        };
        for (int border : borders) {
            for (int point = border - 1; point <= border + 1; point++) {
                if (Character.isValidCodePoint(point) && (point < 0xd800 || point > 0xdfff)) {
                    String raw = HostileEntry.of(Character.toString(point));
                    add("borders of Unicode", "point/" + raw, "U+" + Integer.toHexString(point));
                    add("borders of Unicode", "point-value/" + point, raw);
                }
            }
        }
    }

    private void prefixes() {
        StringBuilder key = new StringBuilder("long");
        for (int i = 0; i < 150; i++) {
            add("keys that begin with others", key.toString(), "depth " + i);
            key.append(i % 3 == 0 ? '/' : (char) ('a' + i % 26));
        }
    }

    private void keyLengths() {
        int most = HostileEntry.MAX_KEY_BYTES - prefix.length();
        for (int length : new int[] {most - 1, most, most + 1, most + 2, 2704, 4096, 8191, 8192, 65_536, 1_000_000}) {
            // Text that does not compress, so that compression does not help an index.
            add("keys around the index limit", letters(length), "key of " + length);
        }
        for (String wide : List.of("\u00e4", "\u20ac", "\ud83d\ude00")) {
            String raw = HostileEntry.of(wide);
            for (int characters = most / raw.length() - 1; characters <= most / raw.length() + 1; characters++) {
                add("keys around the index limit", raw.repeat(characters), "wide key of " + characters);
            }
        }
    }

    private void valueLengths() {
        for (int length : new int[] {1, 2_047, 2_048, 8_160, 65_535, 65_536, 1_000_000}) {
            add("long values", "length/" + length, letters(length));
        }
        // As JSON, these values are up to six times as long.
        add("long values", "length/control", "\u0001".repeat(500_000));
        add("long values", "length/wide", HostileEntry.of("\uffff".repeat(300_000)));
        add("long values", "length/quotes", "\"\\".repeat(300_000));
        add("long values", "length/not-utf8", "\u00ff".repeat(500_000));
    }

    private void random() {
        for (int i = 0; i < RANDOM; i++) {
            add("random text", "text/" + text(), text());
            add("random bytes, in values", "bytes/" + i, bytes());
        }
        for (int i = 0; i < RANDOM / 2; i++) {
            add("random bytes, in keys", "raw/" + bytes(), "value " + i);
        }
    }

    private String text() {
        int[] points = random.ints(1 + random.nextInt(LENGTH), 1, 0x110000)
                .map(point -> random.nextBoolean() ? 1 + point % 0x2fff : point)
                .filter(point -> point < 0xd800 || point > 0xdfff)
                .toArray();
        return HostileEntry.of(new String(points, 0, points.length));
    }

    private String bytes() {
        byte[] bytes = new byte[1 + random.nextInt(LENGTH)];
        random.nextBytes(bytes);
        return HostileEntry.of(bytes);
    }

    private String letters(int length) {
        StringBuilder letters = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            letters.append((char) ('0' + random.nextInt(75)));
        }
        return letters.toString();
    }
}

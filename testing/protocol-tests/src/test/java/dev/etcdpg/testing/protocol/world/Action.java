package dev.etcdpg.testing.protocol.world;

/** A step of a history. The kind decides the meaning of the numbers. */
public record Action(Kind kind, int a, int b) {

    @Override
    public String toString() {
        return kind + "(" + a + "," + b + ")";
    }
}

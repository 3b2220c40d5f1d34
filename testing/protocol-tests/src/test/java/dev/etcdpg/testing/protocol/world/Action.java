package dev.etcdpg.testing.protocol.world;

/** A step of a history; what its numbers mean depends on the kind. */
public record Action(Kind kind, int a, int b) {

    @Override
    public String toString() {
        return kind + "(" + a + "," + b + ")";
    }
}

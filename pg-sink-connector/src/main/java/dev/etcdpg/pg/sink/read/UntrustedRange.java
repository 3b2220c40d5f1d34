package dev.etcdpg.pg.sink.read;

/**
 * A range of which records were lost: no answer is trusted until an end mark names this request or a later one.
 *
 * @param request {@link #LATER} until it is made
 * @param since milliseconds since 1970
 */
public record UntrustedRange(long request, long epoch, long since) {

    /** The request is still to be made. */
    public static final long LATER = Long.MAX_VALUE;

    public boolean isUnasked() {
        return request == LATER;
    }

    UntrustedRange asked(long made) {
        return new UntrustedRange(made, epoch, since);
    }
}

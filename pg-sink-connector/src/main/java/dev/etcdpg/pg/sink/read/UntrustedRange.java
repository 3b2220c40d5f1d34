package dev.etcdpg.pg.sink.read;

/**
 * The reason why a range is untrusted: records of the range were lost. No answer within the range is trusted until an end mark names this
 * request or a later one.
 *
 * @param request id of the snapshot request; {@link #NOT_REQUESTED} until the request is made
 * @param epoch epoch of the record behind the gap
 * @param sinceMs time at which the loss was found, in milliseconds since 1970
 */
public record UntrustedRange(long request, long epoch, long sinceMs) {

    /** Value of {@code request} if no request is made yet. */
    public static final long NOT_REQUESTED = Long.MAX_VALUE;

    public boolean isRequested() {
        return request != NOT_REQUESTED;
    }

    UntrustedRange requested(long id) {
        return new UntrustedRange(id, epoch, sinceMs);
    }
}

package dev.etcdpg.pg.sink.read;

/**
 * The reason why a range is untrusted: records of the range were lost. No answer within the range is trusted until a snapshot ends that began
 * after the loss: the end mark names this request or a later one, or it is the second end mark after the loss.
 *
 * @param request id of the snapshot request; {@link #NOT_REQUESTED} until the request is made
 * @param epoch epoch of the record behind the gap
 * @param sinceMs time at which the loss was found, in milliseconds since 1970
 * @param endSeen whether a snapshot has ended since. It may have begun before the loss, but the next snapshot begins later
 */
public record UntrustedRange(long request, long epoch, long sinceMs, boolean endSeen) {

    /** Value of {@code request} if no request is made yet. */
    public static final long NOT_REQUESTED = Long.MAX_VALUE;

    public boolean isRequested() {
        return request != NOT_REQUESTED;
    }

    /** Returns the same reason with the id of the request that was made. */
    public UntrustedRange requested(long id) {
        return new UntrustedRange(id, epoch, sinceMs, endSeen);
    }

    UntrustedRange withEndSeen() {
        return new UntrustedRange(request, epoch, sinceMs, true);
    }
}

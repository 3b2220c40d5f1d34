package dev.etcdpg.tool.file;

/**
 * A mistake, and what to do about it.
 *
 * @param place field of the file as {@code etcd.endpoints[0]}, with its line where that is known, or another place such as a topic; never empty
 * @param sentence never contains a password
 */
public record Problem(String place, String sentence) {

    @Override
    public String toString() {
        return place + ": " + sentence;
    }
}

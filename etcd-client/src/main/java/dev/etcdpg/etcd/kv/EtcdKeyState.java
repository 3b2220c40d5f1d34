package dev.etcdpg.etcd.kv;

/**
 * State of one key, as a transaction read it.
 *
 * @param modRevision 0 if the key is absent
 * @param value empty if the key is absent or if only its revision was read
 */
public record EtcdKeyState(long modRevision, EtcdBytes value) {

    public static final EtcdKeyState ABSENT = new EtcdKeyState(0, EtcdBytes.EMPTY);

    public boolean isPresent() {
        return modRevision != 0;
    }
}

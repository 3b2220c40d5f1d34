package dev.etcdpg.etcd.client;

/** Is asked before each request of an {@link EtcdGateway} and told of its outcome: the place for a retry policy. */
public interface RequestGuard {

    /** Permits every request and ignores outcomes. */
    RequestGuard NONE = new RequestGuard() {
        @Override
        public void begin(String request) {}

        @Override
        public void succeeded(String request) {}

        @Override
        public void failed(String request, EtcdFailure failure) {}
    };

    /**
     * A request is about to be sent. {@link #succeeded} or {@link #failed} follows.
     *
     * @param request describes the request: "reading the epoch"
     * @throws EtcdFailure of kind {@link EtcdFailure.Kind#NOT_NOW} if it must not be sent now
     */
    void begin(String request);

    /** etcd has answered. */
    void succeeded(String request);

    /**
     * etcd has not executed the request, or not answered in time.
     *
     * @throws org.apache.kafka.connect.errors.ConnectException if the task must give up
     */
    void failed(String request, EtcdFailure failure);
}

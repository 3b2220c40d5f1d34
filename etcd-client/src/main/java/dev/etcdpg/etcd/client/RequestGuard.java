package dev.etcdpg.etcd.client;

/** Permits or forbids each request of an {@link EtcdGateway}, and learns the outcome of the request. A retry policy can implement it. */
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
     * Called before a request is sent. A call of {@link #succeeded} or {@link #failed} follows.
     *
     * @param request describes the request: "reading the epoch"
     * @throws EtcdFailure of kind {@link EtcdFailure.Kind#NOT_NOW} if the request must not be sent now
     */
    void begin(String request);

    /** Called when etcd has answered. */
    void succeeded(String request);

    /**
     * Called when etcd has not executed the request, or has not answered in time.
     *
     * @throws org.apache.kafka.connect.errors.ConnectException if the task must give up
     */
    void failed(String request, EtcdFailure failure);
}

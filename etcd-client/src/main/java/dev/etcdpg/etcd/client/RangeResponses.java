package dev.etcdpg.etcd.client;

import io.etcd.jetcd.api.KVGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/**
 * Limits the size of responses with keys and values. etcd limits such a response by a number of keys only, and any number of small values can be
 * followed by large ones. gRPC refuses a response that is too large before it reads it. The caller then asks for fewer keys.
 */
final class RangeResponses implements ClientInterceptor {

    /** Largest response in bytes. A response needs a multiple of its size as objects. A single value can have 1.5 MiB. */
    static final int MAX_BYTES =
            (int) Math.min(64L << 20, Math.max(8L << 20, Runtime.getRuntime().maxMemory() / 32));

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        boolean isRange =
                method.getFullMethodName().equals(KVGrpc.getRangeMethod().getFullMethodName());
        return next.newCall(method, isRange ? options.withMaxInboundMessageSize(MAX_BYTES) : options);
    }
}

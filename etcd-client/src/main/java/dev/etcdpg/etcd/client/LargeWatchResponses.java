package dev.etcdpg.etcd.client;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Keeps large watch responses as bytes. One {@code del --prefix} is one revision, whatever its size, and etcd sends it as one message. Its events
 * as objects need ten times the memory of the message, so they are parsed one by one, with {@link #forEachEvent}. (etcd can cut a response into
 * fragments, but 3.5.16 needs a time for each fragment that grows with the square of its events.) jetcd only hands on its own messages: a
 * large response becomes a response whose events have empty keys, and whose values are slices of the message with whole events. No key in etcd
 * is empty.
 */
public final class LargeWatchResponses implements ClientInterceptor {

    /** Number of bytes from which on a response is large. A slice has about this size. */
    static final int LARGE_BYTES = 1 << 20;

    private static final int EVENTS = WatchResponse.EVENTS_FIELD_NUMBER;

    /** Returns whether the value of an event with this key is a slice of a large response. */
    public static boolean isSlice(byte[] key) {
        return key.length == 0;
    }

    /** Parses the events of a slice, one after the other. */
    public static void forEachEvent(byte[] slice, Consumer<Event> events) {
        CodedInputStream in = CodedInputStream.newInstance(slice);
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                int limit = in.pushLimit(in.readRawVarint32());
                events.accept(Event.parseFrom(in));
                in.popLimit(limit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a watch response cannot be read", e);
        }
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return next.newCall(
                method.getFullMethodName().equals(WatchGrpc.getWatchMethod().getFullMethodName())
                        ? method.toBuilder(
                                        method.getRequestMarshaller(), new Responses<>(method.getResponseMarshaller()))
                                .build()
                        : method,
                options);
    }

    /** @param parser parses a response that is not large */
    private record Responses<A>(Marshaller<A> parser) implements Marshaller<A> {

        @Override
        public InputStream stream(A message) {
            return parser.stream(message);
        }

        @Override
        @SuppressWarnings("unchecked")
        public A parse(InputStream message) {
            try {
                // gRPC's stream is one whole message
                return message.available() < LARGE_BYTES
                        ? parser.parse(message)
                        : (A) wrapped(message.readNBytes(message.available()));
            } catch (IOException e) {
                throw new UncheckedIOException("a watch response cannot be read", e);
            }
        }
    }

    private static WatchResponse wrapped(byte[] message) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        UnknownFieldSet.Builder others = UnknownFieldSet.newBuilder();
        List<Event> slices = new ArrayList<>();
        int from = 0;
        int to = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == EVENTS) {
                in.skipField(tag);
                to = in.getTotalBytesRead();
                if (to - from < LARGE_BYTES) {
                    continue;
                }
            } else {
                others.mergeFieldFrom(tag, in);
            }
            addSlice(slices, message, from, to);
            from = in.getTotalBytesRead();
            to = from;
        }
        addSlice(slices, message, from, to);
        return WatchResponse.parseFrom(others.build().toByteString()).toBuilder()
                .addAllEvents(slices)
                .build();
    }

    private static void addSlice(List<Event> slices, byte[] message, int from, int to) {
        if (from < to) {
            slices.add(Event.newBuilder()
                    .setKv(KeyValue.newBuilder()
                            .setValue(UnsafeByteOperations.unsafeWrap(ByteBuffer.wrap(message, from, to - from))))
                    .build());
        }
    }
}

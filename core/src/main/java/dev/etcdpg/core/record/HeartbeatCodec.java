package dev.etcdpg.core.record;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Converts {@link EtcdRecord.Heartbeat}. */
final class HeartbeatCodec {

    private static final Schema SCHEMA = ControlFields.schema("Heartbeat").build();

    private HeartbeatCodec() {}

    static Struct encode(EtcdRecord.Heartbeat record) {
        return ControlFields.struct(SCHEMA, record);
    }

    static EtcdRecord.Heartbeat decode(Fields fields) {
        return new EtcdRecord.Heartbeat(ControlFields.chain(fields), ControlFields.revision(fields));
    }
}

package dev.etcdpg.tool.file;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The ways that changes of a route go. */
public enum Direction {
    @JsonProperty("both")
    BOTH,
    /** Nobody may write the table. */
    @JsonProperty("from-etcd")
    FROM_ETCD
}

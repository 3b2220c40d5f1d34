package dev.etcdpg.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.Revision;
import org.junit.jupiter.api.Test;

class LogEventTest {

    @Test
    void fieldsComeInTheirOrder() {
        assertThat(LogEvent.of("conflict")
                        .route("etcd")
                        .key("/config/a")
                        .revision("won", new Revision(1_800_000_000_150L, 4))
                        .cause("the key has changed"))
                .hasToString(
                        "event=conflict route=etcd key=/config/a won=1800000000150.4 cause=\"the key has changed\"");
    }

    @Test
    void oddTextsStayOneField() {
        assertThat(LogEvent.of("held").key("a b=\"c\\\n\u2028ü").cause(""))
                .hasToString("event=held key=\"a b=\\\"c\\\\\\u000a\\u2028ü\" cause=\"\"");
        assertThat(LogEvent.of("held").key("x".repeat(3_000)).toString())
                .hasSize(2_048 + "event=held key=\"…\"".length());
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        assertThat(LogEvent.of("dead-letter").key(null).revision(null).cause(null))
                .hasToString("event=dead-letter");
    }
}

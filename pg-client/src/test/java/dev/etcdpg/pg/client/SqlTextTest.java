package dev.etcdpg.pg.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTextTest {

    @Test
    void namesBecomePositionsInOrder() {
        SqlText text = SqlText.parse("s", "select :b, :a::text, :b where x=:c_1");
        assertThat(text.jdbc()).isEqualTo("select ?, ?::text, ? where x=?");
        assertThat(text.places()).containsExactly("b", "a", "b", "c_1");
        assertThat(text.parameters()).containsExactlyInAnyOrder("a", "b", "c_1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select ':a ? ''b'",
                "select \":a ?\"",
                "select 1 -- :a ?",
                "select /* :a ? */ 1",
                "do $$ begin x := :a ?; end $$",
                "do $body$ $$ :a ? $body$",
                "select x::text, y[1:hi], z[a:b]",
                "select x := 1"
            })
    void otherColonsAreUnchanged(String sql) {
        SqlText text = SqlText.parse("s", sql);
        assertThat(text.jdbc()).isEqualTo(sql);
        assertThat(text.places()).isEmpty();
    }

    @Test
    void aPositionalParameterIsRefused() {
        assertThatThrownBy(() -> SqlText.parse("keys", "select ?"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("keys");
    }

    @ParameterizedTest
    @ValueSource(strings = {"select 'a", "select \"a", "select /* a", "do $$ a", "do $x$ a $$"})
    void anUnterminatedLiteralOrCommentIsRefused(String sql) {
        assertThatThrownBy(() -> SqlText.parse("s", sql))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("closing");
    }

    @Test
    void everyParameterMustBeBound() {
        SqlText text = SqlText.parse("s", "select :a, :b");
        text.requireBound(Set.of("a", "b"));
        assertThatThrownBy(() -> text.requireBound(Set.of("a")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("[b]");
    }
}

package dev.etcdpg.core.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * Maps the constants of an enum to texts in a configuration. Reads a text regardless of case, validates the text, and recommends all texts.
 *
 * @param <E> an enum; every constant can be configured
 */
public final class Choices<E extends Enum<E>> implements ConfigDef.Validator, ConfigDef.Recommender {

    private final Class<E> type;
    private final UnaryOperator<String> spelling;

    private Choices(Class<E> type, UnaryOperator<String> spelling) {
        this.type = type;
        this.spelling = spelling;
    }

    /** Returns choices with hyphens: {@code ETCD_WINS} is written {@code etcd-wins}. */
    public static <E extends Enum<E>> Choices<E> hyphenated(Class<E> type) {
        return new Choices<>(type, name -> name.replace('_', '-'));
    }

    /** Returns choices with underscores, as in Debezium's settings: {@code WHEN_NEEDED} is written {@code when_needed}. */
    public static <E extends Enum<E>> Choices<E> underscored(Class<E> type) {
        return new Choices<>(type, UnaryOperator.identity());
    }

    /** Returns the text of a constant, in lower case. */
    public String text(E constant) {
        return spelling.apply(constant.name().toLowerCase(Locale.ROOT));
    }

    /** @throws IllegalArgumentException if no constant has this text */
    public E parse(String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> text(constant).equalsIgnoreCase(text.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The value must be " + this));
    }

    @Override
    public void ensureValid(String name, Object value) {
        try {
            parse(String.valueOf(value));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(name, value, e.getMessage());
        }
    }

    @Override
    public List<Object> validValues(String name, Map<String, Object> parsedConfig) {
        return Arrays.stream(type.getEnumConstants()).<Object>map(this::text).toList();
    }

    @Override
    public boolean visible(String name, Map<String, Object> parsedConfig) {
        return true;
    }

    @Override
    public String toString() {
        return Arrays.stream(type.getEnumConstants()).map(this::text).collect(Collectors.joining(", ", "one of ", ""));
    }
}

package dev.etcdpg.core.config;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Describes one setting; {@link SettingGroup} adds it to a {@code ConfigDef}. By default a setting is required and has medium importance. */
public final class Setting {

    private final String name;
    private final Type type;
    private final Width width;
    private @Nullable Object defaultValue = ConfigDef.NO_DEFAULT_VALUE;
    private ConfigDef.@Nullable Validator validator;
    private ConfigDef.@Nullable Recommender recommender;
    private Importance importance = Importance.MEDIUM;
    private String title = "";
    private String description = "";

    private Setting(String name, Type type, Width width) {
        this.name = name;
        this.type = type;
        this.width = width;
    }

    public static Setting text(String name) {
        return new Setting(name, Type.STRING, Width.MEDIUM);
    }

    /** Defines a comma-separated list. */
    public static Setting list(String name) {
        return new Setting(name, Type.LIST, Width.LONG);
    }

    /** Defines a text that is neither logged nor returned by the REST API. */
    public static Setting password(String name) {
        return new Setting(name, Type.PASSWORD, Width.MEDIUM);
    }

    public static Setting flag(String name) {
        return new Setting(name, Type.BOOLEAN, Width.SHORT);
    }

    /** Defines a 32-bit integer between the bounds, both inclusive. */
    public static Setting integer(String name, int least, int most) {
        return new Setting(name, Type.INT, Width.SHORT).validatedBy(ConfigDef.Range.between(least, most));
    }

    /** Defines a 64-bit integer with a lower bound, usually a time in milliseconds. */
    public static Setting number(String name, long least) {
        return new Setting(name, Type.LONG, Width.SHORT).validatedBy(ConfigDef.Range.atLeast(least));
    }

    /** Defines a 64-bit integer between the bounds, both inclusive; usually a time in milliseconds. */
    public static Setting number(String name, long least, long most) {
        return new Setting(name, Type.LONG, Width.SHORT).validatedBy(ConfigDef.Range.between(least, most));
    }

    /** Defines a choice among the constants of an enum. */
    public static <E extends Enum<E>> Setting choice(String name, Choices<E> choices, E defaultValue) {
        Setting setting = text(name).validatedBy(choices).orElse(choices.text(defaultValue));
        setting.recommender = choices;
        return setting;
    }

    /** Sets the default value. With null, the setting has no value unless it is configured. */
    public Setting orElse(@Nullable Object value) {
        defaultValue = value;
        return this;
    }

    public Setting validatedBy(ConfigDef.Validator newValidator) {
        validator = newValidator;
        return this;
    }

    /**
     * Accepts only texts for which the predicate holds.
     *
     * @param form describes valid texts, for the reference and for error messages
     */
    public Setting matching(Predicate<String> valid, String form) {
        return validatedBy(ConfigDef.LambdaValidator.with(
                (key, value) -> {
                    if (!(value instanceof String text) || !valid.test(text)) {
                        throw new ConfigException(key, value, "The value must be " + form);
                    }
                },
                () -> form));
    }

    /**
     * Accepts only lists whose elements all pass the check.
     *
     * @param check throws {@link ConfigException} or {@link IllegalArgumentException} with the reason
     * @param form describes valid lists, for the reference
     */
    public Setting eachCheckedBy(Consumer<String> check, String form) {
        return validatedBy(ConfigDef.LambdaValidator.with(
                (key, value) -> {
                    if (value instanceof List<?> elements) {
                        elements.forEach(element -> check(key, String.valueOf(element), check));
                    }
                },
                () -> form));
    }

    private static void check(String name, String element, Consumer<String> check) {
        try {
            check.accept(element);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(name, element, e.getMessage());
        }
    }

    public Setting nonEmpty() {
        return validatedBy(new ConfigDef.NonEmptyString());
    }

    /** Gives the setting high importance, because most users must consider it. */
    public Setting important() {
        importance = Importance.HIGH;
        return this;
    }

    /** Gives the setting low importance, because few users change it. */
    public Setting minor() {
        importance = Importance.LOW;
        return this;
    }

    /**
     * Names and describes the setting for users.
     *
     * @param newTitle a few words, for user interfaces
     * @param newDescription full sentences, for user interfaces and the reference
     */
    public Setting described(String newTitle, String newDescription) {
        title = newTitle;
        description = newDescription;
        return this;
    }

    void defineIn(ConfigDef definition, String group, int order) {
        definition.define(
                name,
                type,
                defaultValue,
                validator,
                importance,
                description,
                group,
                order,
                width,
                title,
                List.of(),
                recommender);
    }
}

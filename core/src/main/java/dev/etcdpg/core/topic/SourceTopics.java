package dev.etcdpg.core.topic;

import dev.etcdpg.core.config.ConfigErrors;
import dev.etcdpg.core.config.KafkaConfig;
import dev.etcdpg.core.retry.Deadline;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the topics of a source before the source changes anything. Connect's producer waits without limit for a topic or a partition that
 * does not exist, so such a topic must be found before. Not thread-safe.
 */
public final class SourceTopics {

    private static final Logger LOG = LoggerFactory.getLogger(SourceTopics.class);

    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(5);

    /** Time until a topic that was created is looked at. */
    private static final Duration CREATION_TIME = Duration.ofMillis(200);

    private final AbstractConfig config;
    private final TopicCreation creation;
    private final LongSupplier nanoTime;
    private final Set<TopicNeed> usable = new HashSet<>();
    private Deadline nextLook;
    private boolean isWarned;

    /**
     * @param config settings of a source with those of {@link KafkaConfig}
     * @param nanoTime has the semantics of {@link System#nanoTime()}
     */
    public SourceTopics(AbstractConfig config, LongSupplier nanoTime) {
        this.config = config;
        this.creation = new TopicCreation(config.originalsStrings());
        this.nanoTime = nanoTime;
        this.nextLook = Deadline.passed(nanoTime);
    }

    /** Adds the mistakes to the report of a validation. A Kafka that does not answer is a mistake too. */
    public static void validate(AbstractConfig config, List<TopicNeed> needs, Config report) {
        TopicCreation creation = new TopicCreation(config.originalsStrings());
        List<TopicFault> faults;
        try (TopicAdmin admin = TopicAdmin.open(config).orElse(null)) {
            faults = admin == null
                    ? TopicRules.withoutKafka(needs, creation)
                    : TopicRules.faults(needs, admin.states(names(needs)), creation);
        } catch (KafkaUnavailableException | KafkaException e) {
            faults = List.of(new TopicFault(KafkaConfig.BOOTSTRAP_SERVERS, unavailable(config, e)));
        }
        faults.forEach(fault -> ConfigErrors.add(report, fault.setting(), fault.message()));
    }

    /**
     * Returns whether all topics can be written. Creates topics that do not exist, as Connect would do at their first record. If Kafka does
     * not answer or a topic was just created, returns false; the caller must ask again and must change nothing before. Topics that were found
     * are not looked at again.
     *
     * @throws ConnectException if a topic cannot be written; the message says what to do
     */
    public boolean awaitUsable(List<TopicNeed> needs) {
        List<TopicNeed> unknown =
                needs.stream().filter(need -> !usable.contains(need)).toList();
        if (unknown.isEmpty()) {
            return true;
        } else if (!nextLook.hasPassed()) {
            return false;
        }
        try (TopicAdmin admin = TopicAdmin.open(config).orElse(null)) {
            if (admin == null) {
                warnOnce(needs);
                usable.addAll(unknown);
                return true;
            }
            return look(admin, unknown);
        } catch (KafkaUnavailableException e) {
            nextLook = Deadline.after(RETRY_INTERVAL, nanoTime);
            LOG.warn("The source waits. {}", unavailable(config, e));
            return false;
        } catch (KafkaException e) {
            throw new ConnectException(unavailable(config, e), e);
        }
    }

    private boolean look(TopicAdmin admin, List<TopicNeed> needs) throws KafkaUnavailableException {
        Map<String, TopicState> states = admin.states(names(needs));
        failOn(TopicRules.faults(needs, states, creation));
        List<NewTopic> missing = TopicRules.creatable(needs, states, creation);
        if (missing.isEmpty()) {
            TopicRules.warnings(needs, states).forEach(warning -> LOG.warn("{}", warning));
            usable.addAll(needs);
            return true;
        }
        LOG.info("Creating topics: {}", missing);
        List<String> refused = admin.create(missing);
        if (!refused.isEmpty()) {
            throw new ConnectException(String.join(" ", refused));
        }
        nextLook = Deadline.after(CREATION_TIME, nanoTime);
        return false;
    }

    /**
     * Looks again at topics to which records could not be written.
     *
     * @return the reason in full sentences; empty if the topics are usable or nothing is known
     */
    Optional<String> reason(List<TopicNeed> needs) {
        try (TopicAdmin admin = TopicAdmin.open(config).orElse(null)) {
            if (admin == null) {
                return Optional.empty();
            }
            List<String> reasons = TopicRules.lost(needs, admin.states(names(needs)));
            return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", reasons));
        } catch (KafkaUnavailableException | KafkaException e) {
            LOG.warn("{}", unavailable(config, e));
            return Optional.empty();
        }
    }

    private void warnOnce(List<TopicNeed> needs) {
        if (!isWarned) {
            isWarned = true;
            LOG.warn(
                    "{} is not set, so the source cannot look at its topics {} before it uses them",
                    KafkaConfig.BOOTSTRAP_SERVERS,
                    names(needs));
        }
    }

    private static void failOn(List<TopicFault> faults) {
        if (!faults.isEmpty()) {
            throw new ConnectException(text(faults));
        }
    }

    private static String text(List<TopicFault> faults) {
        return faults.stream().map(TopicFault::message).collect(Collectors.joining(" "));
    }

    private static List<String> names(List<TopicNeed> needs) {
        return needs.stream().map(TopicNeed::topic).distinct().toList();
    }

    static String unavailable(AbstractConfig config, Exception e) {
        Throwable cause = e instanceof KafkaException && e.getCause() != null ? e.getCause() : e;
        return "Kafka does not answer at " + KafkaConfig.BOOTSTRAP_SERVERS + "=" + KafkaConfig.addresses(config) + ": "
                + cause.getMessage();
    }
}

package dev.etcdpg.core.topic;

/** Kafka has not answered a question of {@link TopicAdmin}. A later attempt may succeed. */
final class KafkaUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    KafkaUnavailableException(Throwable cause) {
        super(cause.getMessage(), cause);
    }
}

package dev.etcdpg.etcd.tls;

import org.apache.kafka.common.config.ConfigException;

/** A setting of TLS that cannot be used, or a file that it names. */
public final class TlsConfigException extends ConfigException {

    private static final long serialVersionUID = 1L;

    private final String setting;
    private final String advice;

    /** @param advice full sentences that tell the user what to change */
    TlsConfigException(String setting, String advice) {
        super("Invalid value for " + setting + ": " + advice);
        this.setting = setting;
        this.advice = advice;
    }

    /** Returns the setting that the user must correct. */
    public String setting() {
        return setting;
    }

    /** Returns full sentences that tell the user what to change, for a report that names the setting. */
    public String advice() {
        return advice;
    }
}

package io.sluice.cluster.settings;

/** A setting that does not exist, or a value that its setting does not take. The message says what would be right. */
public final class InvalidSettingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String setting;

    public InvalidSettingException(String setting, String message) {
        super(message);
        this.setting = setting;
    }

    /** The name as it was given. */
    public String setting() {
        return setting;
    }
}

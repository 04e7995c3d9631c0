package io.sluice.engine.group;

/** Port: the settings in force now, which may change while the broker runs. Called on any loop; must not block. */
@FunctionalInterface
public interface GroupSettings {
    GroupConfig broker();

    /** The consumer settings of one group, where it has its own. */
    default GroupConfig.Consumer consumer(String groupId) {
        return broker().consumer();
    }
}

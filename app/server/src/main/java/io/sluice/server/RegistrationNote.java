package io.sluice.server;

import io.sluice.log.LogStore;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes in the data folders under which registration they are written, as soon as this broker has a new one, so that its
 * next start can prove that nothing is missing, whether or not a controller saw this one (R14). On the control loop.
 */
final class RegistrationNote implements LongConsumer {
    private static final Logger log = LoggerFactory.getLogger(RegistrationNote.class);

    private final LogStore store;

    RegistrationNote(LogStore store) {
        this.store = store;
    }

    @Override
    public void accept(long brokerEpoch) {
        store.beginEpoch(brokerEpoch).whenComplete((done, failure) -> {
            if (failure != null) {
                log.warn(
                        "brokerEpoch={} could not be noted in the data folders; after a crash this broker will have to"
                                + " catch up before it may lead: {}",
                        brokerEpoch,
                        failure.getMessage());
            }
        });
    }
}

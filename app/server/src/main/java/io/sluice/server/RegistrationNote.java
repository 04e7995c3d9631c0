package io.sluice.server;

import io.sluice.cluster.ImageChange;
import io.sluice.cluster.ImageEvent;
import io.sluice.cluster.ImageListener;
import io.sluice.log.LogStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes in the data folders under which registration they are written, whenever this broker has a new one, so that its next
 * start can prove that nothing is missing (R14). On the control loop.
 */
final class RegistrationNote implements ImageListener {
    private static final Logger log = LoggerFactory.getLogger(RegistrationNote.class);
    private static final long NONE = -1;

    private final int brokerId;
    private final LogStore store;
    private long notedEpoch = NONE;

    RegistrationNote(int brokerId, LogStore store) {
        this.brokerId = brokerId;
        this.store = store;
    }

    @Override
    public void imageChanged(ImageChange change) {
        for (ImageEvent event : change.events()) {
            if (event instanceof ImageEvent.BrokerRegistered registered
                    && registered.broker().id() == brokerId
                    && registered.broker().epoch() != notedEpoch) {
                note(registered.broker().epoch());
            }
        }
    }

    private void note(long brokerEpoch) {
        notedEpoch = brokerEpoch;
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

package io.sluice.cluster;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says to a controller how far this broker's logs go. To one that was replaced, or that means another process, it says
 * nothing (R12, R18). Control loop.
 */
final class LogEndService {
    private final Self self;
    private final ImageFeed feed;
    private @Nullable LogEnds logs;

    LogEndService(Self self, ImageFeed feed) {
        this.self = self;
        this.feed = feed;
    }

    /** From now on there are logs to ask about. */
    void given(LogEnds port) {
        logs = port;
    }

    PeerAnswer answer(PeerRequest.LogEnds request) {
        LogEnds port = logs;
        PeerRequest.Sender sender = request.sender();
        if (port == null) {
            return new PeerAnswer.Refused("broker " + self.brokerId() + " has no logs to speak of yet");
        }
        if (!sender.clusterId().equals(self.clusterId())) {
            return new PeerAnswer.Refused("broker " + self.brokerId() + " belongs to cluster " + self.clusterId());
        }
        if (sender.controllerEpoch() < feed.image().controllerEpoch()) {
            return new PeerAnswer.NotController();
        }
        if (request.brokerEpoch() != self.brokerEpoch()) {
            return new PeerAnswer.Refused("broker " + self.brokerId() + " is registered with epoch "
                    + self.brokerEpoch() + ", not " + request.brokerEpoch());
        }
        List<LogEnd> ends = request.replicas().stream()
                .map(replica -> port.of(replica.topicId(), replica.partition()))
                .toList();
        return new PeerAnswer.LogEnds(self.brokerEpoch(), ends);
    }
}

package io.sluice.engine;

import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.Endpoint;
import io.sluice.cluster.Refusal;
import java.util.List;
import java.util.Optional;

/** What the hand-made controller is built from. */
final class TestBrokers {
    static final Refusal FENCED = Refusal.NOT_CONTROLLER;
    static final Refusal STALE = Refusal.NOT_CONTROLLER;
    static final Refusal INELIGIBLE = Refusal.INVALID_REQUEST;

    private TestBrokers() {}

    static BrokerInfo broker(int id, long epoch, List<Endpoint> endpoints) {
        return new BrokerInfo(id, epoch, endpoints, Optional.empty());
    }
}

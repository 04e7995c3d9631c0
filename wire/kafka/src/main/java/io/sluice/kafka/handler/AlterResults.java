package io.sluice.kafka.handler;

import io.sluice.cluster.ConfigResource;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.Refusal;
import io.sluice.kafka.ErrorCodes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;

/**
 * What becomes of the resources of one request that alters settings: refused here, or decided by the cluster. Used by
 * one request.
 */
final class AlterResults {
    /** @param message names the resource and the reason; empty when all went well */
    record Result(WireResource resource, Errors error, Optional<String> message) {}

    private final String brokerId;
    private final Set<WireResource> asked;
    private final Set<WireResource> repeated;
    private final Map<WireResource, Result> refused = new LinkedHashMap<>();

    /** @param brokerId whose own settings may be altered here; those of other brokers are altered there */
    AlterResults(int brokerId, List<WireResource> asked) {
        this.brokerId = Integer.toString(brokerId);
        this.asked = new LinkedHashSet<>(asked);
        this.repeated = Repeated.in(asked, Function.identity());
    }

    /** The resource to be altered, unless the request must be refused for it. */
    Optional<ConfigResource> accept(WireResource wire) {
        if (repeated.contains(wire)) {
            refuse(wire, "Resource '" + wire.name() + "' is in the request more than once");
            return Optional.empty();
        }
        boolean otherBroker = wire.type() == WireResource.BROKER
                && !wire.name().isEmpty()
                && !wire.name().equals(brokerId);
        if (otherBroker) {
            refuse(wire, "This is broker " + brokerId + "; ask broker '" + wire.name() + "' to alter its settings");
            return Optional.empty();
        }
        Optional<ConfigResource> resource = wire.resource();
        if (resource.isEmpty()) {
            refuse(wire, wire.notServed());
        }
        return resource;
    }

    void refuse(WireResource wire, String why) {
        refused.put(wire, new Result(wire, Errors.INVALID_REQUEST, Optional.of(why)));
    }

    /** One result for each resource of the request. */
    List<Result> all(Map<ConfigResource, Outcome<Map<String, String>>> outcomes) {
        List<Result> results = new ArrayList<>();
        for (WireResource wire : asked) {
            Result no = refused.get(wire);
            results.add(no != null ? no : decided(wire, outcomes));
        }
        return results;
    }

    private static Result decided(WireResource wire, Map<ConfigResource, Outcome<Map<String, String>>> outcomes) {
        Outcome<Map<String, String>> outcome =
                wire.resource().map(outcomes::get).orElseThrow();
        if (outcome instanceof Outcome.Refused<Map<String, String>> no) {
            return new Result(wire, code(wire, no.reason()), Optional.of(no.message()));
        }
        return new Result(wire, Errors.NONE, Optional.empty());
    }

    /** Kafka refuses a bad setting of a broker as a bad request, and one of a name that no topic can have as that. */
    private static Errors code(WireResource wire, Refusal refusal) {
        if (wire.type() == WireResource.BROKER && refusal == Refusal.INVALID_CONFIG) {
            return Errors.INVALID_REQUEST;
        }
        return refusal == Refusal.UNKNOWN_TOPIC ? UnknownTopic.error(wire.name()) : ErrorCodes.of(refusal);
    }
}

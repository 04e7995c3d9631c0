package io.sluice.engine.group;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.sluice.engine.group.ConsumerGroupHeartbeat.Request;
import io.sluice.engine.group.ConsumerGroupHeartbeat.Response;
import io.sluice.engine.group.ConsumerGroupHeartbeat.Subscription;
import java.util.Optional;

/** Refuses heartbeats that no state of any group makes right. */
final class ConsumerCheck {
    private ConsumerCheck() {}

    static Optional<Response> check(Request request, GroupConfig.Consumer config) {
        Optional<String> wrong = form(request).or(() -> bounds(request));
        if (wrong.isPresent()) {
            return Optional.of(Response.refused(GroupError.INVALID_REQUEST, wrong.get()));
        }
        Optional<String> assignor = request.subscription().assignor();
        if (assignor.isPresent() && !Assignors.serves(config, assignor.get())) {
            return Optional.of(Response.refused(
                    GroupError.UNSUPPORTED_ASSIGNOR,
                    "assignor " + assignor.get() + " is not one of " + config.assignors()));
        }
        return request.subscription().regex().filter(text -> !text.isEmpty()).flatMap(ConsumerCheck::expression);
    }

    private static Optional<String> form(Request request) {
        MemberRef member = request.member();
        int epoch = request.memberEpoch();
        if (member.groupId().isEmpty()) {
            return Optional.of("the group id is empty");
        }
        if (member.instanceId().filter(String::isEmpty).isPresent()) {
            return Optional.of("the instance id is empty");
        }
        if (request.rackId().filter(String::isEmpty).isPresent()) {
            return Optional.of("the rack id is empty");
        }
        if (epoch < ConsumerGroupHeartbeat.LEAVE_FOR_NOW) {
            return Optional.of("there is no member epoch " + epoch);
        }
        if (epoch != ConsumerGroupHeartbeat.JOIN && member.memberId().isEmpty()) {
            return Optional.of("the member id is empty");
        }
        if (epoch == ConsumerGroupHeartbeat.LEAVE_FOR_NOW && member.instanceId().isEmpty()) {
            return Optional.of("only a static member can leave for a while: the instance id is missing");
        }
        return epoch == ConsumerGroupHeartbeat.JOIN ? joining(request) : Optional.empty();
    }

    private static Optional<String> joining(Request request) {
        Subscription wants = request.subscription();
        if (request.rebalanceTimeoutMs() < 0) {
            return Optional.of("a member that joins must say its rebalance timeout");
        }
        if (request.owned().isEmpty() || !request.owned().get().isEmpty()) {
            return Optional.of("a member that joins must say that it owns no partitions");
        }
        if (wants.topics().isEmpty() && wants.regex().isEmpty()) {
            return Optional.of("a member that joins must say its subscription");
        }
        return Optional.empty();
    }

    private static Optional<String> bounds(Request request) {
        Subscription wants = request.subscription();
        if (IdBounds.exceeded(request.member(), request.client())
                || IdBounds.tooLong(request.rackId())
                || IdBounds.tooLong(wants.assignor())) {
            return Optional.of("a name is longer than " + Bounds.ID_CHARS + " characters");
        }
        if (wants.topics().isPresent() && wants.topics().get().size() > Bounds.TOPICS) {
            return Optional.of("more than " + Bounds.TOPICS + " topics");
        }
        if (wants.topics().isPresent() && wants.topics().get().stream().anyMatch(IdBounds::tooLong)) {
            return Optional.of("a topic's name is longer than " + Bounds.ID_CHARS + " characters");
        }
        return Optional.empty();
    }

    private static Optional<Response> expression(String text) {
        if (text.length() > Bounds.REGEX_CHARS) {
            return Optional.of(Response.refused(
                    GroupError.INVALID_REGULAR_EXPRESSION,
                    "the expression is longer than " + Bounds.REGEX_CHARS + " characters"));
        }
        try {
            Pattern.compile(text);
            return Optional.empty();
        } catch (PatternSyntaxException wrong) {
            return Optional.of(Response.refused(
                    GroupError.INVALID_REGULAR_EXPRESSION,
                    "expression " + text + " is not RE2/J syntax: " + wrong.getMessage()));
        }
    }
}

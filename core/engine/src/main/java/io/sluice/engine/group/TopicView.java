package io.sluice.engine.group;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Port: the topics of the cluster at one moment; immutable, safe from any thread. */
public interface TopicView {
    Optional<TopicInfo> find(String name);

    Optional<TopicInfo> find(UUID id);

    /** Every topic that members may see: what regular expressions are matched against. Internal topics stay out. */
    Collection<TopicInfo> all();

    /** A view of just these. */
    static TopicView of(Collection<TopicInfo> topics) {
        Map<String, TopicInfo> byName =
                topics.stream().collect(Collectors.toUnmodifiableMap(TopicInfo::name, Function.identity()));
        Map<UUID, TopicInfo> byId =
                topics.stream().collect(Collectors.toUnmodifiableMap(TopicInfo::id, Function.identity()));
        return new TopicView() {
            @Override
            public Optional<TopicInfo> find(String name) {
                return Optional.ofNullable(byName.get(name));
            }

            @Override
            public Optional<TopicInfo> find(UUID id) {
                return Optional.ofNullable(byId.get(id));
            }

            @Override
            public Collection<TopicInfo> all() {
                return byName.values();
            }
        };
    }
}

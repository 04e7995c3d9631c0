package io.sluice.system.scenario;

import static io.sluice.system.scenario.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.system.clients.ClientVersion;
import io.sluice.system.clients.Scenario;
import io.sluice.system.clients.Surroundings;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicIdException;

/** Topics by id. The classes that this needs came after 2.8, which therefore cannot even load it. */
public class TopicIdScenarios {
    private final Clients clients;

    public TopicIdScenarios(Surroundings surroundings) {
        this.clients = new Clients(surroundings);
    }

    @Scenario(since = ClientVersion.V3_9_2)
    public void topicIsDescribedAndDeletedById() throws Exception {
        String name = clients.topic("by-id", 1);
        try (Admin admin = clients.admin()) {
            Uuid id = TopicAdminScenarios.describe(admin, name).topicId();
            TopicDescription found = get(admin.describeTopics(TopicCollection.ofTopicIds(List.of(id)))
                            .allTopicIds())
                    .get(id);
            assertThat(found.name()).isEqualTo(name);
            get(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all());
            clients.settle(admin);
            assertThatThrownBy(() -> get(admin.describeTopics(TopicCollection.ofTopicIds(List.of(id)))
                            .allTopicIds()))
                    .isInstanceOf(UnknownTopicIdException.class);
            assertThatThrownBy(() -> get(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id)))
                            .all()))
                    .isInstanceOf(UnknownTopicIdException.class);
        }
    }
}

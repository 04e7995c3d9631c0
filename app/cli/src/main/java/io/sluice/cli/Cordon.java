package io.sluice.cli;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/** Whether a broker is given new replicas: a setting of the broker itself. */
final class Cordon {
    private Cordon() {}

    static void set(Admin admin, ClusterView.Broker broker, boolean cordoned) {
        if (broker.state() == ClusterView.State.NOT_REGISTERED) {
            throw new CommandFailure("broker " + broker.id()
                    + " is not registered and gets no replicas anyway; start it to change its settings");
        }
        AlterConfigOp change = new AlterConfigOp(
                new ConfigEntry(ClusterReader.CORDONED, cordoned ? "true" : ""),
                cordoned ? AlterConfigOp.OpType.SET : AlterConfigOp.OpType.DELETE);
        ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, String.valueOf(broker.id()));
        Answer.of(
                admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all(), "broker " + broker.id());
    }
}

package io.sluice.cluster;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * The cluster as the engine and the front ends see it: the image, and what can be asked of the controller, wherever
 * that is.
 *
 * <p>Every method may be called from any thread and none blocks. Stages always complete normally, on the control loop,
 * and only after the listeners were told of the image that shows the change; what went wrong is in the
 * {@link Outcome}. Answers to a list come in the order of the list.
 */
public interface Cluster {
    /** What was last published. Any thread; a volatile read. */
    ClusterImage image();

    /**
     * Registers a listener. It is told at once (on the control loop) of all there is so far, then of every change, in
     * order and each once.
     */
    void addListener(ImageListener listener);

    /** Creates topics; each succeeds or fails on its own. With {@code validateOnly} says what would happen. */
    CompletionStage<List<Outcome<TopicImage>>> createTopics(List<NewTopic> topics, boolean validateOnly);

    /** Like {@link #createTopics} for topics that may exist already: those are answered with what is there. */
    CompletionStage<List<Outcome<TopicImage>>> ensureTopics(List<NewTopic> topics);

    /** Deletes topics; answers with what they were. */
    CompletionStage<List<Outcome<TopicImage>>> deleteTopics(List<TopicRef> topics);

    CompletionStage<List<Outcome<TopicImage>>> createPartitions(List<MorePartitions> requests, boolean validateOnly);

    /** Changes single settings of resources; all edits of one resource take effect together or not at all. */
    CompletionStage<Map<ConfigResource, Outcome<Map<String, String>>>> editConfigs(
            Map<ConfigResource, List<ConfigEdit>> edits, boolean validateOnly);

    /** Replaces all settings of resources: what is not named goes back to its default. */
    CompletionStage<Map<ConfigResource, Outcome<Map<String, String>>>> replaceConfigs(
            Map<ConfigResource, Map<String, String>> configs, boolean validateOnly);

    /** Takes the next block of producer ids for this broker. */
    CompletionStage<Outcome<ProducerIdBlock>> allocateProducerIds();

    /** Changes in-sync replicas of partitions that this broker leads; answers with the state that then holds. */
    CompletionStage<List<Outcome<PartitionImage>>> alterIsr(List<IsrChange> changes);

    /**
     * Says that this broker has lost the logs of replicas. It leads none of them any more and is in none of their sets of
     * replicas that count as complete, nor can a fetch that is still on its way bring it back there: once it is done
     * the broker may begin these logs anew. Refused with {@link Refusal#ELIGIBLE_LEADERS_NOT_AVAILABLE} while no other
     * replica can lead.
     *
     * @return the states that then hold, each led by another broker
     */
    CompletionStage<List<Outcome<PartitionImage>>> giveUpReplicas(List<LostReplica> lost);

    /**
     * Says that this broker is about to stop: it gets no more leaderships and joins no in-sync set, and what it leads
     * passes on to other in-sync replicas (R20).
     *
     * @return how many partitions it still leads because nobody else can; asked again, that may have changed
     */
    CompletionStage<Outcome<Integer>> leaveLeadership();

    /**
     * Says whether the disks of this broker have room for records. While they have not it is relieved, as far as others
     * can do without it, but stays a follower of what it holds.
     *
     * @return how many partitions a broker without room still leads because nobody else can
     */
    CompletionStage<Outcome<Integer>> reportRoom(boolean hasRoom);

    /** Elects leaders where nobody has failed; answers with the states that then hold. */
    CompletionStage<List<Outcome<PartitionImage>>> electLeaders(Election election, List<PartitionRef> partitions);

    /**
     * Begins or cancels moves of partitions (KIP-455); answers with the states that then hold. A move goes on by itself;
     * {@link PartitionImage#reassignment} shows it.
     */
    CompletionStage<List<Outcome<PartitionImage>>> reassign(List<PartitionMove> moves);

    /** Forgets a broker that is gone for good and has no replicas; answers with its id (KIP-746). */
    CompletionStage<Outcome<Integer>> unregisterBroker(int brokerId);

    /**
     * The epoch of this broker's latest registration; -1 before the first. The session that it was made in may be over, as
     * it is when ZooKeeper is away for long: what the broker has on its disk is nevertheless what it had, and whoever
     * counts on it compares the epoch with who is registered (R12, R13). A volatile read.
     */
    long brokerEpoch();
}

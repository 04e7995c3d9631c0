package io.sluice.cluster;

import io.sluice.cluster.settings.SettingLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * Draws the consequences of who is registered and who is not: a pure function from the image, the registrations and what
 * was noted of earlier ones to what must change. It compares states and not events, so whatever was missed, cut off or
 * left half done by a controller before is made good by asking again.
 *
 * <ul>
 *   <li>A broker without a registration, or with another than the noted one, has failed: it leaves the in-sync sets and
 *       whatever it led gets another leader (R12).
 *   <li>One that came back without proof that its logs are whole counts among the last known only (R14).
 *   <li>Whatever has no leader gets one if there is one to be had (R16). Where that is one of several that may all have
 *       lost records, none is chosen before they were asked how much they have ({@link Vacancy}).
 * </ul>
 *
 * <p>A registration is noted, and shown in the image, with the last part only: should the controller fail in between,
 * the next one does all of it again.
 */
final class RegistrationPlanner {
    private final ImageDraft draft;
    private final NotedEpochs noted;
    private final Electorate brokers;
    private final Function<TopicImage, DurabilityRules> rules;
    private final Map<Vacancy, BrokerIds> orders;
    private final List<Vacancy> vacancies = new ArrayList<>();

    private RegistrationPlanner(
            ImageDraft draft,
            NotedEpochs noted,
            SortedMap<Integer, BrokerInfo> live,
            Function<TopicImage, DurabilityRules> rules,
            Map<Vacancy, BrokerIds> orders) {
        this.draft = draft;
        this.noted = noted;
        this.brokers = new Electorate(live);
        this.rules = rules;
        this.orders = orders;
    }

    /**
     * @param registered the registrations, as they were last read
     * @param orders in which order to try the candidates of vacancies that were asked about
     * @return the vacancies to ask about before anybody can lead there
     */
    static Plans<List<Vacancy>> plan(
            ImageDraft draft,
            NotedEpochs noted,
            Iterable<BrokerInfo> registered,
            SettingLayers settings,
            Map<Vacancy, BrokerIds> orders) {
        SortedMap<Integer, BrokerInfo> live = new TreeMap<>();
        for (BrokerInfo broker : registered) {
            live.put(
                    broker.id(),
                    noted.of(broker.id())
                            .filter(note -> note.epoch() == broker.epoch())
                            .map(note -> broker.in(note.condition()))
                            .orElse(broker));
        }
        return new RegistrationPlanner(draft, noted, live, topic -> DurabilityRules.of(settings, topic), orders).plan();
    }

    private Plans<List<Vacancy>> plan() {
        List<Plan<?>> parts = new ArrayList<>();
        add(parts, departures());
        for (TopicImage topic : draft.topics()) {
            Plans.change(topic, partitions(topic)).ifPresent(parts::add);
        }
        add(parts, arrivals());
        return new Plans<>(parts, List.copyOf(vacancies));
    }

    /** Forgets a broker that is gone for good and has no replicas any more (KIP-746). */
    static Outcome<Plan<Integer>> forget(ImageDraft draft, NotedEpochs noted, int brokerId) {
        if (draft.brokers().containsKey(brokerId)) {
            return Outcome.refused(
                    Refusal.POLICY_VIOLATION, "Broker " + brokerId + " is running; stop it before it is unregistered");
        }
        if (noted.of(brokerId).isEmpty()) {
            return Outcome.refused(Refusal.UNKNOWN_BROKER, "No broker " + brokerId + " has ever registered");
        }
        for (TopicImage topic : draft.topics()) {
            for (int i = 0; i < topic.partitionCount(); i++) {
                if (topic.partitions().get(i).replicas().has(brokerId)) {
                    return Outcome.refused(
                            Refusal.POLICY_VIOLATION,
                            "Broker " + brokerId + " has replicas, such as that of partition " + topic.name() + "-" + i
                                    + "; reassign them before it is unregistered");
                }
            }
        }
        List<StoreOp> ops = new ArrayList<>();
        List<ImageEvent> events = new ArrayList<>();
        ops.add(new StoreOp.Delete(StorePaths.brokerEpoch(brokerId), StoreOp.ANY_VERSION));
        ConfigResource settings = ConfigResource.broker(brokerId);
        if (!draft.configs(settings).isEmpty()) {
            ops.add(new StoreOp.Delete(StorePaths.config(settings), StoreOp.ANY_VERSION));
            events.add(new ImageEvent.ConfigsChanged(settings, Map.of()));
        }
        return Outcome.done(new Plan<>(ops, events, brokerId));
    }

    private static void add(List<Plan<?>> parts, Plan<Boolean> part) {
        if (!part.ops().isEmpty() || !part.events().isEmpty()) {
            parts.add(part);
        }
    }

    private Plan<Boolean> departures() {
        List<ImageEvent> events = new ArrayList<>();
        for (BrokerInfo known : draft.brokers().values()) {
            if (!brokers.isCurrent(known.id(), known.epoch())) {
                events.add(new ImageEvent.BrokerGone(known.id()));
            }
        }
        return new Plan<>(List.of(), events, true);
    }

    private Plan<Boolean> arrivals() {
        List<StoreOp> ops = new ArrayList<>();
        List<ImageEvent> events = new ArrayList<>();
        for (BrokerInfo broker : brokers.live().values()) {
            NodeCodec.NotedEpoch note = new NodeCodec.NotedEpoch(broker.epoch(), broker.condition());
            boolean isNew = noted.of(broker.id()).filter(note::equals).isEmpty();
            if (isNew) {
                if (ops.isEmpty() && !noted.hasFolder()) {
                    ops.add(new StoreOp.Create(StorePaths.BROKER_EPOCHS, new byte[0], false));
                }
                ops.add(noted.write(broker.id(), note));
            }
            if (isNew || !broker.equals(draft.brokers().get(broker.id()))) {
                events.add(new ImageEvent.BrokerRegistered(broker));
            }
        }
        return new Plan<>(ops, events, true);
    }

    private SortedMap<Integer, PartitionImage> partitions(TopicImage topic) {
        SortedMap<Integer, PartitionImage> changed = new TreeMap<>();
        DurabilityRules[] ofTopic = new DurabilityRules[1];
        for (int i = 0; i < topic.partitionCount(); i++) {
            int index = i;
            PartitionImage partition = topic.partitions().get(i);
            if (concerns(partition)) {
                ofTopic[0] = ofTopic[0] == null ? rules.apply(topic) : ofTopic[0];
                partition(topic.id(), index, partition, ofTopic[0]).ifPresent(next -> changed.put(index, next));
            }
        }
        return changed;
    }

    private boolean concerns(PartitionImage partition) {
        return partition.isOffline()
                || hasFailed(partition.leader())
                || partition.isr().stream().anyMatch(this::hasFailed)
                || partition.eligibility().elr().stream().anyMatch(this::isUnproven);
    }

    private Optional<PartitionImage> partition(
            UUID topicId, int index, PartitionImage partition, DurabilityRules rulesOfTopic) {
        PartitionDraft next = new PartitionDraft(partition, rulesOfTopic);
        partition.isr().with(partition.leader()).stream()
                .filter(this::hasFailed)
                .forEach(next::failed);
        partition.isr().with(partition.eligibility().elr()).stream()
                .filter(this::isUnproven)
                .forEach(next::unproven);
        boolean unclean = rulesOfTopic.uncleanElection();
        if (next.wouldElect(brokers, unclean).basis() == LeaderElection.Basis.LAST_KNOWN) {
            Optional<PartitionImage> vacant = next.next();
            Vacancy vacancy = vacancy(topicId, index, vacant.orElse(partition));
            BrokerIds order = vacancy.candidates().size() == 1 ? vacancy.byAssignment() : orders.get(vacancy);
            if (order == null) {
                vacancies.add(vacancy);
                return vacant;
            }
            next.elect(order, brokers, unclean);
        } else {
            next.elect(brokers, unclean);
        }
        return next.next();
    }

    private Vacancy vacancy(UUID topicId, int index, PartitionImage vacant) {
        List<Asker> candidates = vacant.replicas().in(vacant.eligibility().lastKnownElr()).stream()
                .map(id -> new Asker(id, brokers.epochOf(id)))
                .toList();
        return new Vacancy(topicId, index, vacant.partitionEpoch(), candidates);
    }

    /** Whether the process that a partition's state speaks of is no more. */
    private boolean hasFailed(int broker) {
        return broker != PartitionImage.NO_LEADER && (!brokers.isLive(broker) || hasRestarted(broker));
    }

    private boolean hasRestarted(int broker) {
        BrokerInfo info = brokers.live().get(broker);
        // What was never noted was never in a set either, but by a version that knew of one broker only.
        return info != null
                && noted.of(broker).filter(note -> note.epoch() != info.epoch()).isPresent();
    }

    private boolean isUnproven(int broker) {
        BrokerInfo info = brokers.live().get(broker);
        return info != null
                && hasRestarted(broker)
                && !info.proven().covers(noted.of(broker).orElseThrow().epoch());
    }
}

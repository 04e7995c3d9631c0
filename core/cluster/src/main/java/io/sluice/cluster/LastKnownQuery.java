package io.sluice.cluster;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the last known replicas of partitions, none of which can prove its log, how far their logs go (R14, KIP-966): the
 * one with the latest epoch, and of these the longest, has at least what the others have. Every broker is asked once for
 * all its partitions. Where one does not answer in time the order of the assignment holds. One per term; control loop.
 */
final class LastKnownQuery {
    private static final Logger LOG = LoggerFactory.getLogger(LastKnownQuery.class);
    /** Nobody writes to these partitions meanwhile, so what it would save to wait longer is weighed against that. */
    static final long WAIT_MS = 1_000;

    private static final int MOST_AT_ONCE = 10_000;

    private final Loop loop;
    private final PeerMessages peers;
    private final Self self;
    private final LogEndService own;
    private final Consumer<Map<Vacancy, BrokerIds>> answer;
    private final Set<Vacancy> underWay = new HashSet<>();

    /** @param answer takes, for each partition, the candidates in the order in which they shall be tried */
    LastKnownQuery(
            Loop loop, PeerMessages peers, Self self, LogEndService own, Consumer<Map<Vacancy, BrokerIds>> answer) {
        this.loop = loop;
        this.peers = peers;
        this.self = self;
        this.own = own;
        this.answer = answer;
    }

    /** Asks about those that are not asked about already. */
    void ask(List<Vacancy> vacancies, ClusterImage image) {
        List<Vacancy> fresh = vacancies.stream().filter(underWay::add).toList();
        for (int from = 0; from < fresh.size(); from += MOST_AT_ONCE) {
            new Round(fresh.subList(from, Math.min(fresh.size(), from + MOST_AT_ONCE))).ask(image);
        }
    }

    /** Some partitions, and what their replicas say. */
    private final class Round {
        private final List<Vacancy> vacancies;
        private final SortedMap<Integer, List<Vacancy>> byBroker = new TreeMap<>();
        private final Map<Vacancy, Map<Integer, LogEnd>> ends = new HashMap<>();
        private int unheard;
        private Cancellable deadline = () -> {};
        private boolean finished;

        Round(List<Vacancy> vacancies) {
            this.vacancies = vacancies;
            for (Vacancy vacancy : vacancies) {
                for (Asker candidate : vacancy.candidates()) {
                    byBroker.computeIfAbsent(candidate.brokerId(), id -> new ArrayList<>())
                            .add(vacancy);
                }
            }
        }

        void ask(ClusterImage image) {
            unheard = byBroker.size();
            // Who can't be reached may be dead, which shows before long: then nobody is to be elected at all.
            deadline = loop.schedule(WAIT_MS, this::finish);
            byBroker.forEach((id, its) -> {
                Optional<BrokerInfo> broker = image.broker(id);
                PeerRequest.LogEnds request = new PeerRequest.LogEnds(
                        self.sender(image.controllerEpoch()),
                        broker.map(BrokerInfo::epoch).orElse(-1L),
                        its.stream()
                                .map(each -> new PeerRequest.Replica(each.topicId(), each.partition()))
                                .toList());
                if (id == self.brokerId()) {
                    answered(id, its, own.answer(request));
                } else if (broker.isEmpty()) {
                    answered(id, its, new PeerAnswer.Refused("it is gone"));
                } else {
                    peers.call(broker.get(), PeerRequest.write(request), WAIT_MS)
                            .whenComplete((bytes, failure) -> answered(id, its, read(bytes, failure)));
                }
            });
        }

        private PeerAnswer read(byte[] bytes, Throwable failure) {
            if (failure != null) {
                return new PeerAnswer.Refused(String.valueOf(failure.getMessage()));
            }
            try {
                return PeerAnswer.read(bytes);
            } catch (MalformedMessageException e) {
                return new PeerAnswer.Refused("its answer can't be understood: " + e.getMessage());
            }
        }

        private void answered(int broker, List<Vacancy> asked, PeerAnswer said) {
            if (finished) {
                return;
            }
            if (said instanceof PeerAnswer.LogEnds found && found.ends().size() == asked.size()) {
                for (int i = 0; i < asked.size(); i++) {
                    Vacancy vacancy = asked.get(i);
                    if (vacancy.candidates().contains(new Asker(broker, found.brokerEpoch()))) {
                        ends.computeIfAbsent(vacancy, each -> new TreeMap<>())
                                .put(broker, found.ends().get(i));
                    }
                }
                if (--unheard == 0) {
                    deadline.cancel();
                    finish();
                }
            } else {
                LOG.warn(
                        "last known replicas are not all heard, the assignment decides broker={} partitions={} reason=\"{}\"",
                        broker,
                        asked.size(),
                        said instanceof PeerAnswer.Refused refused
                                ? refused.why()
                                : said.getClass().getSimpleName());
            }
        }

        private void finish() {
            finished = true;
            Map<Vacancy, BrokerIds> orders = new HashMap<>();
            int heard = 0;
            for (Vacancy vacancy : vacancies) {
                underWay.remove(vacancy);
                Map<Integer, LogEnd> its = ends.getOrDefault(vacancy, Map.of());
                boolean all = its.size() == vacancy.candidates().size();
                heard += all ? 1 : 0;
                orders.put(vacancy, all ? byEnds(vacancy.byAssignment(), its) : vacancy.byAssignment());
            }
            LOG.info("last known replicas asked partitions={} answered={}", vacancies.size(), heard);
            answer.accept(orders);
        }

        private BrokerIds byEnds(BrokerIds candidates, Map<Integer, LogEnd> its) {
            return BrokerIds.copyOf(candidates.stream()
                    .sorted(Comparator.comparing(its::get, Comparator.reverseOrder())) // stable: assignment breaks ties
                    .toList());
        }
    }
}

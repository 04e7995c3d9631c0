package io.sluice.cluster.settings;

import static io.sluice.cluster.settings.BrokerSetting.ofInt;
import static io.sluice.cluster.settings.BrokerSetting.ofList;
import static io.sluice.cluster.settings.BrokerSetting.ofLong;
import static io.sluice.cluster.settings.BrokerSetting.ofString;

import java.util.List;

/** A broker's settings about connections, requests and threads. */
public final class BrokerNetworkSettings {
    public static final Setting<List<String>> LISTENERS = ofList("listeners")
            .defaultsTo(List.of("PLAINTEXT://127.0.0.1:9092"))
            .doc("Where the broker listens: NAME://host:port, separated by commas. Port 0 takes a free one.");

    public static final Setting<List<String>> ADVERTISED_LISTENERS = ofList("advertised.listeners")
            .fallsBackOn(LISTENERS)
            .doc("What clients are told to connect to, where that is not what the broker listens on. A listener on all"
                    + " addresses (0.0.0.0) tells them localhost, which only those on this machine can use: set it"
                    + " for others.");

    public static final Setting<List<String>> LISTENER_SECURITY_PROTOCOL_MAP = ofList("listener.security.protocol.map")
            .defaultsTo(List.of())
            .doc("What each listener speaks, as NAME:PROTOCOL, separated by commas; PLAINTEXT is all there is so far.");

    public static final Setting<List<String>> CONTROLLER_LISTENER_NAMES = ofList("controller.listener.names")
            .defaultsTo(List.of())
            .doc(
                    "Listeners that Kafka's controllers use; here they are left out, for there is nothing to serve on them.");

    public static final Setting<String> INTER_BROKER_LISTENER_NAME = ofString("inter.broker.listener.name")
            .doc("The listener that brokers reach each other by; the first one unless set. All brokers need it.");

    public static final Setting<Integer> REPLICA_SOCKET_TIMEOUT_MS = ofInt("replica.socket.timeout.ms")
            .defaultsTo(30_000)
            .limit(Limit.atLeast(1))
            .doc("How long, in milliseconds, a replica waits for its leader to be reached, or to answer beyond the time"
                    + " that the leader may wait for records, before it connects anew.");

    public static final Setting<Integer> SOCKET_SEND_BUFFER_BYTES = ofInt("socket.send.buffer.bytes")
            .defaultsTo(-1)
            .limit(Limit.atLeast(-1))
            .doc("The size in bytes of a connection's send buffer; -1 leaves it to the system, which adapts it.");

    public static final Setting<Integer> SOCKET_RECEIVE_BUFFER_BYTES = ofInt("socket.receive.buffer.bytes")
            .defaultsTo(-1)
            .limit(Limit.atLeast(-1))
            .doc("The size in bytes of a connection's receive buffer; -1 leaves it to the system, which adapts it.");

    public static final Setting<Integer> SOCKET_REQUEST_MAX_BYTES = ofInt("socket.request.max.bytes")
            .defaultsTo(100 << 20)
            .limit(Limit.atLeast(1))
            .doc("The largest request in bytes; a connection that announces a larger one is closed.");

    public static final Setting<Integer> MAX_CONNECTIONS = ofInt("max.connections")
            .defaultsTo(Integer.MAX_VALUE)
            .limit(Limit.atLeast(0))
            .change(Change.PER_BROKER)
            .doc(
                    "How many connections are open at most; the next one is closed at once. Never more than one for each 16 KiB"
                            + " of heap, nor than half of the file descriptors.");

    public static final Setting<Integer> MAX_CONNECTIONS_PER_IP = ofInt("max.connections.per.ip")
            .defaultsTo(Integer.MAX_VALUE)
            .limit(Limit.atLeast(0))
            .change(Change.PER_BROKER)
            .doc("How many connections one address may have open.");

    public static final Setting<List<String>> MAX_CONNECTIONS_PER_IP_OVERRIDES = ofList(
                    "max.connections.per.ip.overrides")
            .defaultsTo(List.of())
            .doc("Addresses that may have another number of connections open: address:number, separated by commas.");

    public static final Setting<Integer> MAX_CONNECTION_CREATION_RATE = ofInt("max.connection.creation.rate")
            .defaultsTo(Integer.MAX_VALUE)
            .limit(Limit.atLeast(1))
            .doc("How many connections are accepted in a second; more wait.");

    public static final Setting<Long> CONNECTIONS_MAX_IDLE_MS = ofLong("connections.max.idle.ms")
            .defaultsTo(600_000L)
            .limit(Limit.atLeast(-1))
            .doc("After how many idle milliseconds a connection is closed; -1 for never.");

    public static final Setting<Integer> QUEUED_MAX_REQUESTS = ofInt("queued.max.requests")
            .defaultsTo(500)
            .limit(Limit.atLeast(1))
            .doc("How many unanswered requests one connection may have before it is no longer read from.");

    public static final Setting<Long> QUEUED_MAX_REQUEST_BYTES = ofLong("queued.max.request.bytes")
            .defaultsTo(-1L)
            .limit(Limit.atLeast(-1))
            .doc("How many bytes of requests may be in memory at once; -1 lets the broker choose from its heap.");

    public static final Setting<Integer> NUM_NETWORK_THREADS = ofInt("num.network.threads")
            .limit(Limit.between(1, 1024))
            .doc("How many event loops serve sockets and partitions; half as many as cores unless set, at least one.");

    public static final Setting<Integer> NUM_IO_THREADS = ofInt("num.io.threads")
            .defaultsTo(8)
            .limit(Limit.between(1, 1024))
            .doc("How many threads do what may block: forcing to disk, cold reads, deletion, recovery.");

    public static final Setting<Integer> FETCH_MAX_BYTES = ofInt("fetch.max.bytes")
            .defaultsTo(55 << 20)
            .limit(Limit.atLeast(1024))
            .doc("The most bytes that one fetch is answered with, whatever the client asks for.");

    public static final Setting<Integer> MAX_FETCH_SESSIONS = ofInt("max.incremental.fetch.session.cache.slots")
            .defaultsTo(1000)
            .limit(Limit.atLeast(0))
            .doc("How many incremental fetch sessions are kept.");

    public static final Setting<Integer> MAX_REQUEST_PARTITIONS = ofInt("max.request.partition.size.limit")
            .defaultsTo(2000)
            .limit(Limit.atLeast(1))
            .doc("How many partitions one page of DescribeTopicPartitions holds.");

    public static final Setting<Integer> REQUEST_TIMEOUT_MS = ofInt("request.timeout.ms")
            .defaultsTo(30_000)
            .limit(Limit.atLeast(1))
            .doc("How long, in milliseconds, the broker waits for another broker or ZooKeeper before it gives up.");

    static final List<Setting<?>> ALL = List.of(
            LISTENERS,
            ADVERTISED_LISTENERS,
            LISTENER_SECURITY_PROTOCOL_MAP,
            CONTROLLER_LISTENER_NAMES,
            INTER_BROKER_LISTENER_NAME,
            REPLICA_SOCKET_TIMEOUT_MS,
            SOCKET_SEND_BUFFER_BYTES,
            SOCKET_RECEIVE_BUFFER_BYTES,
            SOCKET_REQUEST_MAX_BYTES,
            MAX_CONNECTIONS,
            MAX_CONNECTIONS_PER_IP,
            MAX_CONNECTIONS_PER_IP_OVERRIDES,
            MAX_CONNECTION_CREATION_RATE,
            CONNECTIONS_MAX_IDLE_MS,
            QUEUED_MAX_REQUESTS,
            QUEUED_MAX_REQUEST_BYTES,
            NUM_NETWORK_THREADS,
            NUM_IO_THREADS,
            FETCH_MAX_BYTES,
            MAX_FETCH_SESSIONS,
            MAX_REQUEST_PARTITIONS,
            REQUEST_TIMEOUT_MS);

    private BrokerNetworkSettings() {}
}

using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Configuration;

/// <summary>
/// Every key that a configuration may have, but for the listeners, which are named by the operator
/// (<see cref="ListenerSettings"/>). docs/configuration.md is compared with this list by a test.
/// </summary>
public static class Settings
{
    private const int MaxFrame = 1 << 30;

    public static readonly Setting<int> BrokerId = SettingKind.Integer(
        "broker.id", null, 0, int.MaxValue,
        "This broker's number, unique in the cluster.");

    public static readonly Setting<string> Rack = SettingKind.Text(
        "broker.rack", "", "any text, or empty",
        "Where this broker stands; replicas of a partition are spread over racks.");

    public static readonly Setting<string> DataDirectory = SettingKind.Text(
        "data.dir", null, "a path",
        "The directory that holds all of this broker's data; made when it is missing.");

    public static readonly Setting<HostAndPort?> PeerBind = SettingKind.Address(
        "peer.bind", "0.0.0.0:9192",
        "Where this broker listens for other brokers.");

    public static readonly Setting<HostAndPort?> PeerAdvertised = SettingKind.Address(
        "peer.advertised", "",
        "Where other brokers reach this one; empty: as bound.");

    public static readonly Setting<HostAndPort?> HttpBind = SettingKind.Address(
        "http.bind", "",
        "Where health and metrics are served; empty: nowhere.");

    public static readonly Setting<IReadOnlyList<MetadataVoter>> Voters = SettingKind.Voters(
        "metadata.voters",
        "The voters of the metadata group at the first start of the cluster; afterwards the group's own log rules.");

    public static readonly Setting<int> FoundingLevel = SettingKind.Integer(
        "metadata.founding.level", FeatureLevel.Newest, FeatureLevel.Oldest, FeatureLevel.Newest,
        "The feature level at which a new cluster begins: lower where brokers of an older version are to join; "
        + "afterwards `broker cluster finalize` raises it.");

    public static readonly Setting<int> Partitions = SettingKind.Integer(
        "num.partitions", 1, 1, 100_000,
        "Partitions of a topic that is created without saying how many.");

    public static readonly Setting<int> ReplicationFactor = SettingKind.Integer(
        "default.replication.factor", 1, 1, 100,
        "Replicas of a partition whose topic is created without saying how many.");

    public static readonly Setting<int> MinInSyncReplicas = SettingKind.Integer(
        "min.insync.replicas", 1, 1, 100,
        "Replicas that must have flushed a write before acks=all answers, never less than a quorum; topics may "
        + "say otherwise.");

    public static readonly Setting<bool> AutoCreateTopics = SettingKind.Flag(
        "auto.create.topics.enable", false,
        "Whether a topic that a client asks for is created.");

    public static readonly Setting<int> TopicNameLength = SettingKind.Integer(
        "topic.name.max.length", 249, 1, 249,
        "The longest topic name that is accepted, in characters.");

    public static readonly Setting<TimeSpan> RetentionTime = SettingKind.Milliseconds(
        "log.retention.ms", 604_800_000, -1, long.MaxValue / TimeSpan.TicksPerMillisecond,
        "How long records are kept; -1: for ever; topics may say otherwise.");

    public static readonly Setting<long> RetentionBytes = SettingKind.Long(
        "log.retention.bytes", -1, -1, long.MaxValue,
        "How many bytes of a partition are kept; -1: all; topics may say otherwise.");

    public static readonly Setting<TimeSpan> RetentionCheckInterval = SettingKind.Milliseconds(
        "log.retention.check.interval.ms", 300_000, 1, int.MaxValue,
        "How often leaders look what has outlived its retention; the first time so long after the start.");

    public static readonly Setting<TimeSpan> ProducerIdExpiration = SettingKind.Milliseconds(
        "producer.id.expiration.ms", 86_400_000, 1, long.MaxValue / TimeSpan.TicksPerMillisecond,
        "How long a partition remembers an idempotent producer that writes nothing, to tell repeated batches.");

    public static readonly Setting<int> SegmentBytes = SettingKind.Integer(
        "log.segment.bytes", MaxFrame, 1 << 20, MaxFrame,
        "The size at which a segment of a partition's log is closed; topics may say otherwise.");

    public static readonly Setting<TimeSpan> SegmentTime = SettingKind.Milliseconds(
        "log.segment.ms", 604_800_000, 1, long.MaxValue / TimeSpan.TicksPerMillisecond,
        "The age at which a segment is closed; topics may say otherwise.");

    public static readonly Setting<TimeSpan> ScrubInterval = SettingKind.Milliseconds(
        "log.scrub.interval.ms", 604_800_000, 0, int.MaxValue,
        "How often all that the partitions' logs have flushed is read again and checked, on every broker; 0: never.");

    public static readonly Setting<long> ScrubBytes = SettingKind.Long(
        "log.scrub.bytes.per.second", 16_777_216, 65_536, long.MaxValue,
        "How much of it is read per second; clients and other brokers have what is left of the disk.");

    public static readonly Setting<int> MessageBytes = SettingKind.Integer(
        "message.max.bytes", 1_048_588, 1, MaxFrame / 2,
        "The largest record batch that is accepted; topics may say otherwise.");

    public static readonly Setting<int> RequestBytes = SettingKind.Integer(
        "socket.request.max.bytes", 104_857_600, 1024, MaxFrame,
        "The largest request; a connection that announces a larger one is closed.");

    public static readonly Setting<int> RequestPartitions = SettingKind.Integer(
        "request.max.partitions", 20_000, 1, 1_000_000,
        "The most partitions that one produce or fetch request may name.");

    public static readonly Setting<long> QueuedRequestBytes = SettingKind.Long(
        "queued.max.request.bytes", 268_435_456, 1 << 20, long.MaxValue,
        "Memory for requests of all clients; when it is used up, reading from clients pauses.");

    public static readonly Setting<long> QueuedResponseBytes = SettingKind.Long(
        "queued.max.response.bytes", 268_435_456, 1 << 20, long.MaxValue,
        "Memory for fetched records on their way to all clients; as it is used up, fetches return less.");

    public static readonly Setting<int> ConnectionResponseBytes = SettingKind.Integer(
        "connection.max.response.bytes", 67_108_864, 1 << 16, MaxFrame,
        "Finished responses that may wait on one connection before no more of its requests are begun.");

    public static readonly Setting<int> FetchBytes = SettingKind.Integer(
        "fetch.max.bytes", 57_671_680, 1024, MaxFrame,
        "The most bytes of records that one fetch returns, whatever the client allows.");

    public static readonly Setting<int> FetchSessions = SettingKind.Integer(
        "max.incremental.fetch.session.cache.slots", 1000, 0, 1_000_000,
        "Fetch sessions that are remembered, so that clients need not name all partitions in every fetch; a client "
        + "that gets none names them.");

    public static readonly Setting<TimeSpan> FetchSessionPatience = SettingKind.Milliseconds(
        "min.incremental.fetch.session.eviction.ms", 120_000, 1, int.MaxValue,
        "How long a fetch session keeps its slot against new ones while nobody uses it, and against larger ones at "
        + "all.");

    public static readonly Setting<int> Connections = SettingKind.Integer(
        "max.connections", 10_000, 1, 1_000_000,
        "Connections of clients; one more is closed at once.");

    public static readonly Setting<int> ConnectionsPerAddress = SettingKind.Integer(
        "max.connections.per.ip", 5_000, 1, 1_000_000,
        "Connections of clients from one address.");

    public static readonly Setting<int> InFlight = SettingKind.Integer(
        "max.in.flight.requests.per.connection", 100, 1, 100_000,
        "Requests of one connection that are begun and not yet answered; the next one waits.");

    public static readonly Setting<TimeSpan> IdleTime = SettingKind.Milliseconds(
        "connections.max.idle.ms", 600_000, 100, int.MaxValue,
        "A connection on which nothing happened for so long is closed.");

    public static readonly Setting<TimeSpan> StallTime = SettingKind.Milliseconds(
        "connection.stall.timeout.ms", 30_000, 100, int.MaxValue,
        "A client that stops in the middle of a request, or does not take its responses, for so long is cut off.");

    public static readonly Setting<long> TailCacheBytes = SettingKind.Long(
        "tail.cache.bytes", 134_217_728, 0, long.MaxValue,
        "Memory for the newest entries of all partitions together, from which consumers and followers at the "
        + "tail are served.");

    public static readonly Setting<long> DiskReserveBytes = SettingKind.Long(
        "disk.reserve.bytes", 33_554_432, 0, long.MaxValue,
        "Room on the disk that records may not take: votes, the metadata log and the partitions' own entries go on "
        + "being written when it is full. A part is held in a file and given up as it is needed; 0: none.");

    public static readonly Setting<TimeSpan> Tick = SettingKind.Milliseconds(
        "raft.tick.ms", 50, 1, 10_000,
        "The grain of the partitions' election and heartbeat times.");

    public static readonly Setting<TimeSpan> Heartbeat = SettingKind.Milliseconds(
        "raft.heartbeat.ms", 100, 1, 60_000,
        "How often leaders of partitions tell that they are alive.");

    public static readonly Setting<TimeSpan> ElectionMin = SettingKind.Milliseconds(
        "raft.election.min.ms", 600, 2, 600_000,
        "The shortest silence of a partition's leader after which a replica stands for election.");

    public static readonly Setting<TimeSpan> ElectionMax = SettingKind.Milliseconds(
        "raft.election.max.ms", 1_200, 3, 600_000,
        "The longest such silence; each replica draws its own between the two.");

    public static readonly Setting<TimeSpan> MetadataElectionMin = SettingKind.Milliseconds(
        "metadata.election.min.ms", 300, 20, 600_000,
        "The shortest silence of the metadata leader after which a voter stands for election.");

    public static readonly Setting<TimeSpan> MetadataElectionMax = SettingKind.Milliseconds(
        "metadata.election.max.ms", 600, 30, 600_000,
        "The longest such silence.");

    public static readonly Setting<TimeSpan> BrokerSession = SettingKind.Milliseconds(
        "broker.session.timeout.ms", 6_000, 1_000, 600_000,
        "A broker that the metadata leader does not hear for so long is taken for dead.");

    public static readonly Setting<TimeSpan> ReplicaLag = SettingKind.Milliseconds(
        "replica.lag.time.max.ms", 10_000, 100, int.MaxValue,
        "A replica that has not reached its leader's end for so long is not in sync.");

    public static readonly Setting<int> ConcurrentReassignments = SettingKind.Integer(
        "reassignment.concurrent.partitions", 8, 1, 100_000,
        "Of how many partitions that this broker leads new replicas are filled at the same time; the others wait.");

    public static readonly Setting<long> CatchUpBytes = SettingKind.Long(
        "replica.catch.up.bytes.per.second", 134_217_728, 1_048_576, long.MaxValue,
        "How much this broker reads from its disk for replicas that are far behind or new, all together.");

    public static readonly Setting<bool> RebalanceLeaders = SettingKind.Flag(
        "auto.leader.rebalance.enable", true,
        "Whether leadership of a partition goes back to its preferred replica, the first of its list.");

    public static readonly Setting<TimeSpan> RebalanceDelay = SettingKind.Milliseconds(
        "leader.rebalance.delay.ms", 30_000, 0, int.MaxValue,
        "How long the preferred replica's broker has to be up, and another to lead, before leadership goes back.");

    public static readonly Setting<int> RebalanceRate = SettingKind.Integer(
        "leader.rebalance.rate", 20, 1, 1_000,
        "The most leaderships that a broker gives back in a second.");

    public static readonly Setting<TimeSpan> ReplicaRebuildDelay = SettingKind.Milliseconds(
        "broker.replica.rebuild.delay.ms", 600_000, 1_000, int.MaxValue,
        "A broker that is gone for so long is not waited for: its replicas are rebuilt on other brokers, and retention "
        + "does not keep records for it.");

    public static readonly Setting<bool> RebuildReplicas = SettingKind.Flag(
        "auto.replica.rebuild.enable", true,
        "Whether replicas of a broker that is gone are rebuilt on other brokers, where there is room for them.");

    public static readonly Setting<int> ConcurrentRebuilds = SettingKind.Integer(
        "replica.rebuild.concurrent.partitions", 16, 1, 100_000,
        "Of how many partitions of the whole cluster replicas are rebuilt at the same time; the others wait.");

    public static readonly Setting<int> OffsetsPartitions = SettingKind.Integer(
        "offsets.topic.num.partitions", 50, 1, 10_000,
        "Partitions of `__consumer_offsets`, if this broker has it created; never changed afterwards.");

    public static readonly Setting<int> OffsetsReplicas = SettingKind.Integer(
        "offsets.topic.replication.factor", 3, 1, 100,
        "Replicas of its partitions; while so many can't be placed the topic is not created, and no group is "
        + "coordinated.");

    public static readonly Setting<int> OffsetMetadataLength = SettingKind.Integer(
        "offset.metadata.max.bytes", 4096, 0, MaxFrame,
        "The longest text that a client may leave with a committed offset.");

    public static readonly Setting<int> OffsetsRetention = SettingKind.Integer(
        "offsets.retention.minutes", 10_080, 1, int.MaxValue,
        "How long a group without members keeps its offsets, in minutes; looked at with "
        + "`log.retention.check.interval.ms`.");

    public static readonly Setting<TimeSpan> OffsetCommitTimeout = SettingKind.Milliseconds(
        "offsets.commit.timeout.ms", 5_000, 1, int.MaxValue,
        "A commit of offsets that is not flushed by a majority for so long is answered as not known.");

    public static readonly Setting<TimeSpan> GroupInitialRebalanceDelay = SettingKind.Milliseconds(
        "group.initial.rebalance.delay.ms", 3_000, 0, int.MaxValue,
        "How long a group without members waits for more after the first one, before it shares out anything.");

    public static readonly Setting<TimeSpan> GroupMinSession = SettingKind.Milliseconds(
        "group.min.session.timeout.ms", 6_000, 1, int.MaxValue,
        "The shortest session timeout that a member of a group may ask for.");

    public static readonly Setting<TimeSpan> GroupMaxSession = SettingKind.Milliseconds(
        "group.max.session.timeout.ms", 1_800_000, 1, int.MaxValue,
        "The longest session timeout that a member of a group may ask for.");

    public static readonly Setting<int> GroupMaxSize = SettingKind.Integer(
        "group.max.size", int.MaxValue, 1, int.MaxValue,
        "The most members that a group may have; one more is refused.");

    public static readonly Setting<bool> ServeTransactions = SettingKind.Flag(
        "transactions.enable", false,
        "Whether transactional producers are served; the same on all brokers. While they are not, their APIs are not "
        + "advertised, and a transactional id is refused.");

    public static readonly Setting<int> TransactionPartitions = SettingKind.Integer(
        "transaction.state.log.num.partitions", 50, 1, 10_000,
        "Partitions of `__transaction_state`, if this broker has it created; never changed afterwards.");

    public static readonly Setting<int> TransactionReplicas = SettingKind.Integer(
        "transaction.state.log.replication.factor", 3, 1, 100,
        "Replicas of its partitions; while so many can't be placed the topic is not created, and no transaction is "
        + "coordinated.");

    public static readonly Setting<TimeSpan> TransactionMaxTimeout = SettingKind.Milliseconds(
        "transaction.max.timeout.ms", 900_000, 1, int.MaxValue,
        "The longest time that a producer may ask for before its open transaction is aborted.");

    public static readonly Setting<TimeSpan> TransactionalIdExpiration = SettingKind.Milliseconds(
        "transactional.id.expiration.ms", 604_800_000, 1, int.MaxValue,
        "How long a transactional id that is not used is remembered; looked at with "
        + "`log.retention.check.interval.ms`.");

    /// <summary>All of them, in the order in which the documentation lists them.</summary>
    public static readonly IReadOnlyList<SettingDefinition> All =
    [
        BrokerId, Rack, DataDirectory, PeerBind, PeerAdvertised, HttpBind, Voters, FoundingLevel,
        Partitions, ReplicationFactor, MinInSyncReplicas, AutoCreateTopics, TopicNameLength,
        RetentionTime, RetentionBytes, RetentionCheckInterval, ProducerIdExpiration,
        SegmentBytes, SegmentTime, ScrubInterval, ScrubBytes, MessageBytes,
        RequestBytes, RequestPartitions, QueuedRequestBytes, QueuedResponseBytes, ConnectionResponseBytes, FetchBytes,
        FetchSessions, FetchSessionPatience,
        Connections, ConnectionsPerAddress, InFlight, IdleTime, StallTime,
        TailCacheBytes, DiskReserveBytes,
        Tick, Heartbeat, ElectionMin, ElectionMax, MetadataElectionMin, MetadataElectionMax,
        BrokerSession, ReplicaLag, ConcurrentReassignments, CatchUpBytes,
        RebalanceLeaders, RebalanceDelay, RebalanceRate,
        ReplicaRebuildDelay, RebuildReplicas, ConcurrentRebuilds,
        OffsetsPartitions, OffsetsReplicas, OffsetMetadataLength, OffsetsRetention, OffsetCommitTimeout,
        GroupInitialRebalanceDelay, GroupMinSession, GroupMaxSession, GroupMaxSize,
        ServeTransactions, TransactionPartitions, TransactionReplicas, TransactionMaxTimeout,
        TransactionalIdExpiration,
    ];
}

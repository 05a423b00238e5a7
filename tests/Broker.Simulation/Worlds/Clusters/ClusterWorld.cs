using System.Globalization;
using Broker.Model;
using Broker.Raft;
using Broker.Replication;
using Broker.Server.Configuration;
using Broker.Simulation.Clients;
using Broker.Simulation.Invariants;
using Broker.Simulation.Invariants.Clients;
using Broker.Simulation.Metadata;
using Broker.Simulation.Network;
using Broker.Simulation.Time;

namespace Broker.Simulation.Worlds.Clusters;

/// <summary>
/// Whole brokers: the nodes as they are, over simulated disks, wires and metadata group, with clients that speak
/// Kafka's protocol to them.
/// </summary>
public sealed class ClusterWorld : World
{
    /// <summary>Of __consumer_offsets.</summary>
    internal const int OffsetsPartitions = 2;

    private const int Voters = 3;

    private readonly List<BrokerSeat> _seats = [];
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(1);

    private readonly GroupWatch _groups;
    private readonly long[] _downAt;

    public ClusterWorld(int seed, WorldOptions options, TextWriter? lines = null)
        : base(seed, options, lines)
    {
        BrokerId[] brokers = [.. Enumerable.Range(1, options.Brokers).Select(id => new BrokerId(id))];
        ClientNetwork = new ClientNetwork(Queue) { Delay = Queue.Draw(500, 20_000) };
        var drained = new DrainedGetsNothing(Findings);
        Metadata = new MetadataGroup(Queue, [.. brokers.Take(Voters)], Reaches)
        {
            Committed = (entry, before) => drained.Committed(entry.Records, before, entry.Image),
        };
        HasLosses = options.HasLosses ?? (options.HasNemesis && seed % 5 == 3);
        HostOptions = WithScrub(DrawHostOptions());
        TailCacheBytes = Queue.Draw(0, 32) << 10;
        Leadership = LeadershipOf(seed);
        foreach (BrokerId id in brokers)
            _seats.Add(new BrokerSeat(this, id));
        Losses = new DiskLosses(this);
        Faults = new ClusterNemesis(this);
        _groups = new GroupWatch(this);
        Network.FrameSent = _groups.Sent;
        Invariants = new ClientInvariantSet(
            Findings, Queue, (partition, token) => _seats.Count(seat => seat.IsFlushed(partition, token)));
        Workload = new Workload(this);
        _downAt = [.. Enumerable.Repeat(long.MinValue / 2, brokers.Length + 1)];
        Queue.Happened = _ => Count();
    }

    public override int Acknowledged => Workload.Acknowledged;

    public ClientNetwork ClientNetwork { get; }

    public ReplicaHostOptions HostOptions { get; }

    public long TailCacheBytes { get; }

    public LeadershipOptions Leadership { get; init; }

    /// <summary>
    /// Segments are short, some topics keep little, and a client deletes records: in every other world, and not drawn,
    /// so that the others are as they would be without.
    /// </summary>
    internal bool HasShortLogs => Seed % 2 == 1;

    /// <summary>Disks lose what they had, and every topic has copies enough to make up for that.</summary>
    public bool HasLosses { get; }

    internal MetadataGroup Metadata { get; }

    internal ClientInvariantSet Invariants { get; }

    internal IReadOnlyList<BrokerSeat> Seats => _seats;

    internal Workload Workload { get; }

    internal ClusterNemesis Faults { get; }

    internal DiskLosses Losses { get; }

    internal IReadOnlyList<KafkaClient> Clients => Workload.Clients;

    internal BrokerId MetadataLeader => Metadata.Leadership.Leader;

    /// <summary>As committed; none of a partition that is not there.</summary>
    internal IReadOnlyList<BrokerId> ReplicasOf(PartitionId id) => Metadata.Image.FindPartition(id)?.Replicas ?? [];

    internal BrokerId LeaderOf(PartitionId id) => Metadata.Image.FindPartition(id)?.Leader ?? BrokerId.None;

    /// <summary>A broker has lost its votes: what it did before binds nobody any more.</summary>
    internal void Forgot(BrokerId broker) => _groups.Forgot(broker);

    internal BrokerSeat Seat(BrokerId id) => _seats[id.Value - 1];

    protected override string? Live()
    {
        StartAll();
        if (!Options.HasNemesis || Queue.Chance(0.7))
            RunUntil(Options.Recovery, AllReady);
        if (Options.HasNemesis)
            Faults.Begin();
        if (Options.HasClients)
            Workload.Begin();
        RunFor(Options.Torment);
        return Conclude();
    }

    /// <summary>Clients and faults end, and all that was promised is looked for.</summary>
    internal string? Conclude()
    {
        Workload.Stop();
        Faults.Heal();
        return Findings.First ?? DoWithout() ?? Drain() ?? Converge("after the faults") ?? SurvivePowerCut() ?? Agree();
    }

    public void StartAll()
    {
        Metadata.Begin();
        foreach (BrokerSeat seat in _seats)
            seat.Start();
    }

    /// <summary>
    /// For a while now so many brokers have lived that any partition with so many replicas can be led.
    /// </summary>
    internal bool CanElect(int replicas) => Queue.Now - _downAt[replicas - (replicas / 2)] > Remembered.Ticks;

    public bool AllReady() => _seats.TrueForAll(seat => seat.IsReady);

    /// <summary>
    /// Without faults all brokers are ready again, what was being moved has arrived, every partition takes records, and
    /// all that was promised is there.
    /// </summary>
    public string? Converge(string when)
    {
        bool isReady = RunUntil(Options.Recovery, () => Workload.IsIdle && RestartsAndIsReady() && Moving().Count == 0);
        if (!isReady)
            return Findings.First ?? $"Liveness: {when}, {Describe()} after {Options.Recovery.TotalSeconds} s";

        Task verified = Workload.Verify();
        bool isVerified = RunUntil(Options.Recovery, () => verified.IsCompleted);
        if (isVerified && !RunUntil(Options.Recovery, AllShownInSync))
            return Findings.First ?? $"Liveness: {when}, not all replicas are shown in sync, {Describe()}";
        if (isVerified && !RunUntil(Options.Recovery, AllConfigured))
            return Findings.First ?? $"Liveness: {when}, not all replicas go by their topics' configs, {Describe()}";
        if (isVerified && !RunUntil(Options.Recovery, Losses.AreMadeUpFor))
            return Findings.First ?? $"Liveness: {when}, {Losses.Describe()}, {Describe()}";
        if (isVerified || Findings.First is not null)
            return Findings.First;
        return $"Liveness: {when}, {Workload.Doing} is not done after {Options.Recovery.TotalSeconds} s, {Describe()}";
    }

    /// <summary>
    /// Nobody has a replica any more on the broker that is gone, but where no majority of the others lives to tell
    /// what it had. Then it comes back after all, with all that it had when it went.
    /// </summary>
    private string? DoWithout()
    {
        if (Faults.Lost is not { } lost)
            return null;

        if (!RunUntil(Options.Recovery, () => RestartsAllButLost() && LeftOn(lost.Id).Count == 0))
        {
            return Findings.First ?? $"Liveness: {lost.Name} is lost, after {Options.Recovery.TotalSeconds} s still "
                + $"has {string.Join(", ", LeftOn(lost.Id))}; {Describe()}";
        }

        Faults.Find();
        return Findings.First;
    }

    /// <summary>
    /// One broker is to leave, and comes empty in bounded time: of all partitions, but for those that somebody was
    /// deleting when the world ended.
    /// </summary>
    private string? Drain()
    {
        if (!Options.HasDrains)
            return null;

        var leaving = new BrokerId(1 + (Seed % _seats.Count));
        if (!RunUntil(Options.Recovery, () => Workload.IsIdle && RestartsAndIsReady()))
            return Findings.First ?? $"Liveness: after the faults, {Describe()}";

        List<PartitionLedger> left = [];
        Task empty = Workload.Empty(leaving, () => (left = StillOn(leaving)).Count == 0);
        return RunUntil(Options.Recovery, () => RestartsAndIsReady() && empty.IsCompleted)
            ? Findings.First
            : Findings.First ?? $"Liveness: broker {leaving}, which is to leave, after {Options.Recovery.TotalSeconds} "
                + $"s still has {string.Join(", ", left)}; {Describe()}";
    }

    private List<PartitionLedger> StillOn(BrokerId broker) =>
        [.. Workload.Live().Where(partition => ReplicasOf(partition.Id).Contains(broker))];

    private bool RestartsAllButLost()
    {
        foreach (BrokerSeat seat in _seats)
            seat.Start();
        return true;
    }

    // Of one or two replicas, those that are left are no majority.
    private List<string> LeftOn(BrokerId lost) =>
    [
        .. from topic in Metadata.Image.Topics.Values
           from partition in topic.Partitions
           where partition.Replicas.Contains(lost) && partition.Target.Length > 2
           select $"a partition of {topic.Name} on {string.Join(',', partition.Replicas)}",
    ];

    internal BrokerOptions OptionsOf(BrokerId id)
    {
        string voters = string.Join(',', _seats.Take(Voters).Select(
            seat => $"{seat.Id}@{SimulatedNetwork.AddressOf(seat.Id)}"));
        string json = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {
              "broker.id": {{id.Value}}, "data.dir": "/data",
              "listeners.client.bind": "{{ClientNetwork.AddressOf(id)}}",
              "peer.bind": "{{SimulatedNetwork.AddressOf(id)}}", "metadata.voters": "{{voters}}"
            }
            """);
        BrokerOptions loaded = BrokerOptionsLoader.Load("simulated", json, [], []);
        return loaded with
        {
            Topics = loaded.Topics with { RetentionCheckInterval = TimeSpan.FromMilliseconds(300 + (Seed % 700)) },
            Offsets = loaded.Offsets with
            {
                TopicPartitions = OffsetsPartitions,
                CommitTimeout = TimeSpan.FromSeconds(1),
            },
            Groups = loaded.Groups with
            {
                InitialRebalanceDelay = TimeSpan.FromMilliseconds(Seed % 300),
                MinSessionTimeout = TimeSpan.FromMilliseconds(100),
            },
            Transactions = loaded.Transactions with { AreServed = Options.HasTransactions, TopicPartitions = 2 },
            TailCacheBytes = TailCacheBytes,
            Leadership = Leadership,
            Rebuilds = RebuildsOf(Seed),
            DiskReserveBytes = 0,
            Scrub = new ScrubOptions
            {
                Interval = HostOptions.ScrubInterval,
                BytesPerSecond = HostOptions.ScrubBytesPerSecond,
            },
        };
    }

    // Damage that nobody happens to read has to be met before the next disk loses something.
    private ReplicaHostOptions WithScrub(ReplicaHostOptions drawn) => HasLosses && drawn.ScrubInterval == TimeSpan.Zero
        ? drawn with { ScrubInterval = TimeSpan.FromMilliseconds(100 + (Seed % 400)) }
        : drawn;

    // In every fourth world leaderships go back in the middle of everything; not drawn, so that the other worlds are
    // as they would be without.
    private static LeadershipOptions LeadershipOf(int seed) => new()
    {
        IsRebalanced = seed % 4 == 0,
        RebalanceDelay = TimeSpan.FromMilliseconds(seed * 97 % 4000),
        RebalanceRate = 1 + (seed * 7 % 100),
    };

    private bool IsImpatient =>
        Options.LosesABroker || (Options is { HasMoves: true, HasNemesis: true } && Seed % 2 == 0);

    // Where brokers are waited for a moment only, replicas are rebuilt in the middle of everything. Not drawn either.
    private RebuildOptions RebuildsOf(int seed) => new()
    {
        IsOn = true,
        Delay = TimeSpan.FromMilliseconds(IsImpatient ? 300 + (seed * 131 % 1500) : 600_000),
        ConcurrentPartitions = 1 + (seed % 8),
    };

    private void Count()
    {
        for (int down = _seats.Count(seat => !seat.IsThere); down > 0; down--)
            _downAt[down] = Queue.Now;
    }

    private string? SurvivePowerCut()
    {
        foreach (BrokerSeat seat in _seats)
            seat.PowerOff();
        foreach (BrokerSeat seat in _seats)
            seat.Start();
        return Converge("after a power cut of all");
    }

    // All end in order, and their disks are compared as `broker log verify` does.
    private string? Agree()
    {
        foreach (BrokerSeat seat in _seats)
            seat.Stop();
        if (!RunUntil(Options.Recovery, () => _seats.TrueForAll(seat => !seat.IsUp)))
            return Findings.First ?? $"Liveness: not all brokers end when told to: {Describe()}";
        return DiskAgreement.Check(_seats, Workload.Topics, Metadata.Image);
    }

    // What leaders report of their followers becomes true in every broker's image.
    private bool AllShownInSync() => _seats.TrueForAll(seat => seat.Cluster?.Image is { } image
        && image.Topics.Values.All(topic => topic.Partitions.All(
            partition => partition.InSync.Length == partition.Replicas.Length)));

    // What is set on a topic is in force at every replica that runs.
    private bool AllConfigured() => _seats.TrueForAll(seat => Metadata.Image.Topics.Values.All(topic =>
        Enumerable.Range(0, topic.Partitions.Count).All(index =>
            seat.SettingsOf(new PartitionId(topic.Id, index)) is not { } settings
            || settings == seat.Defaults.SettingsOf(topic.Configs))));

    // Somebody may have ended of a fault that came before the last.
    private bool RestartsAndIsReady()
    {
        foreach (BrokerSeat seat in _seats)
            seat.Start();
        return AllReady();
    }

    private bool Reaches(BrokerId from, BrokerId to) =>
        Seat(from).IsThere && Seat(to).IsThere && !Network.IsCut(from, to);

    private List<string> Moving() =>
    [
        .. from topic in Metadata.Image.Topics.Values
           from partition in topic.Partitions
           where partition.Reassignment is not null
           select $"a partition of {topic.Name} moves to {string.Join(',', partition.Target)}",
    ];

    private string Describe() => string.Join(", ", _seats.Select(
        seat => $"{seat.Name} is {(seat.IsReady ? "ready" : seat.IsUp ? "up" : "down")}"))
        + $", metadata is led by {Metadata.Leadership.Leader}, {Workload.Describe()}"
        + string.Concat(Moving().Select(move => $", {move}"));
}

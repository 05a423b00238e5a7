using System.Globalization;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Client.Replicas;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

/// <summary>A partition's group, put together of what its replicas told.</summary>
internal sealed class RaftReport(TopicPartition asked, PartitionDescription partition, ReplicaSurvey survey)
{
    private const int ElectionsShown = 10;

    public ReplicaDescription? Leader { get; } = survey.LeaderOf(asked);

    private string Name => string.Create(CultureInfo.InvariantCulture, $"{asked.Topic}/{asked.Partition}");

    private IReadOnlyList<ReplicaDescription> Told => survey.Of(asked);

    private IEnumerable<BrokerId> NotTold => partition.Replicas
        .Where(broker => Told.All(replica => replica.Broker != broker)).Order();

    private IEnumerable<ElectionDescription> Elections => survey.ElectionsOf(asked).Take(ElectionsShown);

    /// <summary>Who was asked, and what each said.</summary>
    public string WhyNoLeader() => $"no leader is known for {Name}: " + string.Join(
        "; ",
        Told.Select(replica => $"broker {replica.Broker} is {replica.Role} in term {replica.Term}"
                + (replica.Leader == BrokerId.None ? "" : $" and takes {replica.Leader} for the leader"))
            .Concat(NotTold.Select(broker => $"broker {broker} {Silence(broker)}")));

    public object ForMachines() => new
    {
        asked.Topic,
        asked.Partition,
        Leader = Leader?.Broker.Value,
        Term = Leader?.Term.Value,
        FirstIndex = Leader?.FirstIndex.Value,
        LastIndex = Leader?.LastIndex.Value,
        CommitIndex = Leader?.CommitIndex.Value,
        HighWatermark = Leader?.HighWatermark,
        LogStart = Leader?.LogStart.Value,
        LogEnd = Leader?.LogEnd.Value,
        RetentionWaitsFor = IsHeldBack ? Leader!.HeldBackBy.Value : (int?)null,
        Configuration = Leader is null ? null : ForMachines(Leader),
        Replicas = Told.Select(ForMachinesOf),
        NotTold = NotTold.Select(broker => new { Broker = broker.Value, Why = Silence(broker) }),
        Elections = Elections.Select(election => new
        {
            Term = election.Term.Value,
            Leader = election.Leader.Value,
            election.At,
            Reason = election.Reason.Length == 0 ? null : election.Reason,
        }),
    };

    public void Print()
    {
        if (Leader is { } leader)
        {
            Console.WriteLine($"{Name}: broker {leader.Broker} leads term {leader.Term}");
            Console.WriteLine(
                $"log: entries {leader.FirstIndex} to {leader.LastIndex}, committed up to {leader.CommitIndex}; "
                + $"offsets {leader.LogStart} to {leader.LogEnd}, high watermark {leader.HighWatermark}");
            Console.WriteLine(ConfigurationOf(leader));
            if (IsHeldBack)
                Console.WriteLine($"retention waits for broker {leader.HeldBackBy}");
        }

        TextTable.Print(
            ["BROKER", "ROLE", "STATE", "MATCH", "LAG", "LOG END", "HEARD", "IN SYNC", ""],
            Told.Select(Row).Concat(NotTold.Select(RowOfSilent)));
        Console.WriteLine();
        TextTable.Print(
            ["TERM", "LEADER", "KNOWN SINCE", "WHY"],
            Elections.Select(election => new[]
            {
                election.Term.ToString(),
                election.Leader.ToString(),
                election.At.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
                WordsFor(election.Reason),
            }));
    }

    private bool IsHeldBack => Leader is { } leader && leader.HeldBackBy != BrokerId.None;

    private string Silence(BrokerId broker) =>
        survey.Silent.TryGetValue(broker, out string? why) ? $"does not answer: {why}"
        : partition.Offline.Contains(broker) ? "is down"
        : "tells nothing of a replica";

    private FollowerDescription? Seen(BrokerId broker) =>
        Leader?.Followers.FirstOrDefault(follower => follower.Broker == broker);

    private static object ForMachines(ReplicaDescription leader) => new
    {
        Voters = leader.Voters.Select(id => id.Value),
        Outgoing = leader.Outgoing.Select(id => id.Value),
        Learners = leader.Learners.Select(id => id.Value),
        IsJoint = leader.Outgoing.Count > 0,
        IsCommitted = leader.IsConfigurationCommitted,
    };

    private object ForMachinesOf(ReplicaDescription replica) => new
    {
        Broker = replica.Broker.Value,
        replica.Role,
        Term = replica.Term.Value,
        State = Seen(replica.Broker)?.State,
        MatchIndex = Seen(replica.Broker)?.Match.Value,
        Lag = LagOf(replica),
        LastIndex = replica.LastIndex.Value,
        FlushedIndex = replica.FlushedIndex.Value,
        CommitIndex = replica.CommitIndex.Value,
        LogEnd = replica.LogEnd.Value,
        HeardMsAgo = Seen(replica.Broker)?.Heard?.TotalMilliseconds,
        InSync = replica == Leader ? true : Seen(replica.Broker)?.IsInSync,
        replica.Abstains,
        Damaged = replica.IsDamaged,
        replica.BeginsAnew,
        StorageFull = replica.IsStorageFull,
        Asleep = replica.IsAsleep,
    };

    private string[] Row(ReplicaDescription replica) =>
    [
        replica.Broker.ToString(),
        replica.Role,
        Seen(replica.Broker)?.State ?? "-",
        (replica == Leader ? replica.FlushedIndex : Seen(replica.Broker)?.Match)?.ToString() ?? "-",
        LagOf(replica)?.ToString(CultureInfo.InvariantCulture) ?? "-",
        replica.LogEnd.ToString(),
        Seen(replica.Broker)?.Heard is { } heard
            ? heard.TotalMilliseconds.ToString("0 'ms ago'", CultureInfo.InvariantCulture)
            : "-",
        replica == Leader || Seen(replica.Broker)?.IsInSync == true ? "yes" : Leader is null ? "-" : "no",
        Remarks.Of(replica, Leader?.Learners.Contains(replica.Broker) == true),
    ];

    private string[] RowOfSilent(BrokerId broker) =>
        [broker.ToString(), "-", "-", "-", "-", "-", "-", "-", Silence(broker)];

    private long? LagOf(ReplicaDescription replica) => Leader is not { } leader ? null
        : replica == leader ? 0
        : Seen(replica.Broker) is { } seen ? leader.LastIndex.Value - seen.Match.Value : null;

    private static string ConfigurationOf(ReplicaDescription leader) =>
        $"voters {string.Join(',', leader.Voters)}"
        + (leader.Outgoing.Count > 0 ? $", joint with those before: {string.Join(',', leader.Outgoing)}" : "")
        + (leader.Learners.Count > 0 ? $", learners {string.Join(',', leader.Learners)}" : "")
        + (leader.IsConfigurationCommitted ? "" : " (not committed yet)");

    private static string WordsFor(string reason) => reason switch
    {
        "asked" => "first of a new partition",
        "silence" => "no leader was heard for an election timeout",
        "processGone" => "the leader's process was gone",
        "handedOver" => "handed over",
        _ => "-",
    };
}

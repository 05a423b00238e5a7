using System.Globalization;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Client.Disks;
using Broker.Client.Replicas;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

/// <summary>What a partition lacks, by what Metadata shows and by what its replicas tell of themselves.</summary>
/// <param name="takers">Who could be given replicas.</param>
/// <param name="disks">Asked for where a replica is down.</param>
internal sealed class Ailment(
    TopicPartition name,
    PartitionDescription partition,
    ReplicaSurvey survey,
    IReadOnlyList<BrokerId> takers,
    DiskSurvey disks)
{
    public static readonly string[] Columns = ["PARTITION", "LEADER", "NOT IN SYNC", "DOWN", ""];

    private readonly ReplicaDescription? _leader = survey.LeaderOf(name);

    public bool IsOne => partition.Leader == BrokerId.None || NotInSync.Length > 0 || Sick.Length > 0 || IsHeldBack;

    private BrokerId[] NotInSync => [.. partition.Replicas.Where(replica => !partition.InSync.Contains(replica))];

    private ReplicaDescription[] Sick =>
        [.. survey.Of(name).Where(replica => replica.IsQuarantined || replica.IsStorageFull)];

    private bool IsHeldBack => _leader is not null && _leader.HeldBackBy != BrokerId.None;

    // Damaged ones abstain too; they are opened anew, and say so.
    private bool WaitsForAll => partition.Leader == BrokerId.None
        && Sick.Any(replica => replica is { Abstains: true, IsDamaged: false, BeginsAnew: false });

    private string State => (partition.Leader == BrokerId.None, Sick.Any(replica => replica.IsQuarantined)) switch
    {
        (true, _) => "leaderless",
        (_, true) => "quarantined",
        _ => NotInSync.Length > 0 ? "underReplicated" : IsHeldBack ? "behind" : "storageFull",
    };

    // What keeps replicas that are down from being rebuilt elsewhere, whether or not it is time for that.
    private string? RebuildObstacle
    {
        get
        {
            BrokerId[] others = [.. takers.Where(broker => !partition.Replicas.Contains(broker))];
            long size = disks.SizeOf(name);
            return partition.Offline.Count == 0 ? null
                : 2 * partition.Offline.Count >= partition.Replicas.Count ? "no majority lives: start one of them again"
                : others.Length == 0 ? "no other broker could take a replica: start one"
                : others.Any(broker => disks.HasRoom(broker, size)) ? null
                : $"no other broker has room for {ByteText.Of(size)} on its disk: make room, or start one";
        }
    }

    public object ForMachines() => new
    {
        name.Topic,
        name.Partition,
        State,
        Leader = partition.Leader.Value,
        NotInSync = NotInSync.Select(broker => broker.Value),
        Down = partition.Offline.Select(broker => broker.Value),
        Behind = NotInSync.Where(broker => LagOf(broker) > 0).Select(broker => new
        {
            Broker = broker.Value,
            Entries = LagOf(broker),
        }),
        Quarantined = Sick.Where(replica => replica.IsQuarantined).Select(replica => replica.Broker.Value),
        StorageFull = Sick.Where(replica => replica.IsStorageFull).Select(replica => replica.Broker.Value),
        RebuildObstacle,
        RetentionWaitsFor = IsHeldBack ? _leader!.HeldBackBy.Value : (int?)null,
    };

    public string[] Row() =>
    [
        string.Create(CultureInfo.InvariantCulture, $"{name.Topic}/{name.Partition}"),
        partition.Leader == BrokerId.None ? "none" : partition.Leader.ToString(),
        string.Join(',', NotInSync),
        string.Join(',', partition.Offline),
        string.Join("; ", Words()),
    ];

    private IEnumerable<string> Words() =>
    [
        .. NotInSync.Where(broker => LagOf(broker) > 0).Select(
            broker => string.Create(CultureInfo.InvariantCulture, $"{broker} is {LagOf(broker)} entries behind")),
        .. Sick.Select(replica => $"{replica.Broker}: {Remarks.Of(replica, isLearner: false)}"),
        .. RebuildObstacle is { } obstacle ? [obstacle] : Array.Empty<string>(),
        .. WaitsForAll ? ["if it is relaxed and the power failed, a leader needs all replicas"] : Array.Empty<string>(),
        .. IsHeldBack ? [$"retention waits for {_leader!.HeldBackBy}"] : Array.Empty<string>(),
    ];

    private long? LagOf(BrokerId broker) =>
        _leader?.Followers.FirstOrDefault(follower => follower.Broker == broker) is { } seen
            ? _leader.LastIndex.Value - seen.Match.Value
            : null;
}

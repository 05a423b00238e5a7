using Broker.Model;
using Broker.Raft;
using Broker.Replication;
using Broker.Simulation.Invariants;
using Broker.Simulation.Network;
using Broker.Simulation.Time;
using Broker.Storage;

namespace Broker.Simulation.Worlds.Replicas;

/// <summary>
/// Brokers reduced to their replication side: real hosts, meshes, logs and vote journals, over simulated disks and
/// wires, with a state machine and clients of the world's own.
/// </summary>
public sealed class ReplicaWorld : World
{
    private readonly List<ReplicaSeat> _seats = [];

    public ReplicaWorld(int seed, WorldOptions options, TextWriter? lines = null)
        : base(seed, options, lines)
    {
        Random random = Queue.Random;
        Network.FrameSent = Sent;
        Invariants = new InvariantSet(
            Findings, Queue, IsFlushed, (broker, group) => Seat(broker).DurableVote(group), RecordsOf);
        bool hasRelaxed = options.HasRelaxedGroups ?? (options.HasNemesis && seed % 4 == 3);
        Cluster = ClusterId.New(random);
        BrokerId[] brokers = [.. Enumerable.Range(1, options.Brokers).Select(id => new BrokerId(id))];
        Addresses = [.. brokers.Select(id => new PeerAddress(id, SimulatedNetwork.AddressOf(id)))];
        int groups = options.Groups > 0 ? options.Groups : random.Next(1, 4);
        for (int i = 0; i < groups; i++)
        {
            // Preferred leaders differ from group to group.
            BrokerId[] voters = [.. brokers.Skip(i % brokers.Length), .. brokers.Take(i % brokers.Length)];
            var id = new PartitionId(TopicId.New(random), i);
            Groups.Add(new GroupRecord(id, VoterSet.Of(voters), $"group-{i}")
            {
                IsRelaxed = hasRelaxed && i % 2 == 0,
            });
        }

        HostOptions = DrawHostOptions();
        LogOptions = LogOptions.Default with { SegmentBytes = Queue.Draw(2, 24) << 10, RoundBytes = 16 << 10 };
        TailCacheBytes = Queue.Draw(0, 32) << 10;
        foreach (BrokerId id in brokers)
            _seats.Add(new ReplicaSeat(this, id));
        Reader = new ReplicaReader(Findings);
        Clients = new ReplicaClients(this);
        Faults = new Nemesis(this);
    }

    public override int Acknowledged => Clients.Acknowledged;

    public InvariantSet Invariants { get; }

    public ClusterId Cluster { get; }

    public List<GroupRecord> Groups { get; } = [];

    public IReadOnlyList<PeerAddress> Addresses { get; }

    public ReplicaHostOptions HostOptions { get; }

    public LogOptions LogOptions { get; }

    public long TailCacheBytes { get; }

    /// <summary>What records may not take of a disk. The nemesis fills disks to the last byte, without one.</summary>
    public long ReserveBytes => Options.HasNemesis ? 0 : 16 << 10;

    /// <summary>Sent so far, whether they arrived or not.</summary>
    public long MessagesOfGroups { get; private set; }

    internal IReadOnlyList<ReplicaSeat> Seats => _seats;

    internal ReplicaClients Clients { get; }

    internal ReplicaReader Reader { get; }

    internal Nemesis Faults { get; }

    internal ReplicaSeat Seat(BrokerId id) => _seats[id.Value - 1];

    protected override string? Live()
    {
        StartAll();
        if (Options.HasNemesis)
            Faults.Begin();
        if (Options.HasClients)
            Clients.Begin();
        RunFor(Options.Torment);
        Clients.Stop();
        Heal();
        return Findings.First ?? Converge("after the faults") ?? ReadBack()
            ?? new ScrubTrial(this).Run() ?? new SleepTrial(this).Run() ?? new LossTrial(this).Run()
            ?? SurvivePowerCut() ?? ReadBack();
    }

    public void StartAll()
    {
        foreach (ReplicaSeat seat in _seats)
            seat.Start();
    }

    public void Heal() => Faults.Heal();

    /// <summary>
    /// Without faults every group has to take values again, and all replicas to hold the same, all of it committed.
    /// </summary>
    public string? Converge(string when)
    {
        List<TestProposal> last = [];
        bool converged = RunUntil(Options.Recovery, () => TakesValues(last) && AllAgree());
        if (Findings.First is { } broken)
            return broken;
        if (!converged)
            return $"Liveness: {when}, {Describe()} after {Options.Recovery.TotalSeconds} s without a fault";
        return Groups.Select(MissingOf).FirstOrDefault(missing => missing is not null) ?? RefusedButThere();
    }

    /// <summary>
    /// Every byte of every log is read once more. What a rotten disk has lost shows now at the latest, and is filled
    /// again: then it all has to be there.
    /// </summary>
    public string? ReadBack()
    {
        foreach (ReplicaSeat seat in _seats)
        {
            foreach (GroupRecord group in Groups)
            {
                if (!CanReadAll(seat, group) && Converge("after damage was met") is { } stuck)
                    return stuck;
                if (Findings.First is null && !CanReadAll(seat, group))
                    return $"{seat.Name}, {group.Name}: its log cannot be read, though nothing is wrong any more";
            }
        }

        return Findings.First;
    }

    private bool CanReadAll(ReplicaSeat seat, GroupRecord group) =>
        Reader.TryRead(seat, group, LogIndex.Zero, group.LastCommitted);

    private string? SurvivePowerCut()
    {
        foreach (ReplicaSeat seat in _seats)
            seat.PowerOff();
        foreach (ReplicaSeat seat in _seats)
            seat.Start();
        return Converge("after a power cut of all");
    }

    // One fresh value per group: proposed again whenever it failed.
    private bool TakesValues(List<TestProposal> last)
    {
        if (Queue.Executed % 64 != 0)
            return false;

        // Somebody may have ended of a fault that came before the last.
        foreach (ReplicaSeat seat in _seats)
            seat.Start();
        bool all = true;
        for (int i = 0; i < Groups.Count; i++)
        {
            if (last.Count <= i)
                last.Add(Clients.Make(Groups[i], replicas: 1, leaderOnly: false));
            if (last[i].Index == LogIndex.Zero)
            {
                all = false;
                if (!Clients.IsOpen(last[i]))
                    last[i] = Clients.Offer(Groups[i], last[i]);
            }
        }

        return all;
    }

    private bool AllAgree() => Groups.All(group => _seats.All(seat => Agrees(seat, group)));

    private static bool Agrees(ReplicaSeat seat, GroupRecord group) =>
        seat.IsComplete && seat.RecordOf(group) is { } record && record.Commit == group.LastCommitted
        && record.Last == group.LastCommitted && record.StateHash == group.HashAt(group.LastCommitted)
        && seat.Find(group) is { Status.Abstains: false } replica && replica.Log.FlushedIndex == record.Last;

    private static string? MissingOf(GroupRecord group)
    {
        foreach (Acknowledgement what in group.Acknowledged.Where(what => !what.LeaderOnly))
        {
            if (what.Index > group.LastCommitted || group[what.Index].Hash != what.Hash
                || group[what.Index].Offset != what.Offset)
            {
                return $"{group.Name}: what was acknowledged at {what.Index}, offset {what.Offset}, is not there";
            }
        }

        return null;
    }

    private string? RefusedButThere()
    {
        HashSet<ulong> committed = [.. Groups.SelectMany(group => group.Committed).Select(entry => entry.Hash)];
        (GroupRecord group, TestProposal there) =
            Clients.Refused.Find(refused => committed.Contains(refused.Proposal.Hash));
        return there is null
            ? null
            : $"{group.Name}: a value that was refused as {there.Failure} is committed";
    }

    private string Describe() => string.Join("; ", Groups.Select(group => $"{group.Name} (committed "
        + $"{group.LastCommitted}): " + string.Join(", ", _seats.Select(seat => Describe(seat, group)))));

    private static string Describe(ReplicaSeat seat, GroupRecord group)
    {
        if (seat.RecordOf(group) is not { } record || seat.Find(group) is not { } replica)
            return $"{seat.Id} is not there";

        return $"{seat.Id} {replica.Status.Role} term {replica.Status.Term} commit {record.Commit} last {record.Last} "
            + $"flushed {replica.Log.FlushedIndex}{(replica.Status.Abstains ? " abstains" : "")}";
    }

    private IEnumerable<ReplicaRecord> RecordsOf(GroupRecord group) =>
        _seats.Where(seat => seat.IsUp).Select(seat => seat.RecordOf(group)).OfType<ReplicaRecord>();

    private bool IsFlushed(BrokerId broker, GroupRecord group, byte[] token) => Seat(broker).IsFlushed(group, token);

    private void Sent(BrokerId from, BrokerId to, byte[] frame)
    {
        foreach (GroupMessage message in Wire.Read(from, to, frame))
        {
            MessagesOfGroups++;
            Faults.Sees(message.Message);
            GroupRecord? group = Groups.Find(known => known.Id == message.Group);
            if (group is not null)
                Invariants.Sent(group, message.Message, Seat(from).Lives);
            if (Queue.Trace.IsOn && !Wire.IsHeartbeat(message.Message))
                Queue.Trace.Note(Queue.Now, $"{from} → {to}", $"{group?.Name} {WireText.Of(message.Message)}");
        }
    }
}

using Broker.Model;
using Broker.Replication;
using Broker.Simulation.Invariants;
using Broker.Simulation.Time;

namespace Broker.Simulation.Worlds.Replicas;

/// <summary>Proposes values, remembers what it was told of them, and asks for linearizable reads.</summary>
internal sealed class ReplicaClients(ReplicaWorld world)
{
    private const long Millisecond = EventQueue.TicksPerMillisecond;

    private readonly EventQueue _queue = world.Queue;
    private readonly HashSet<TestProposal> _open = [];
    private readonly Dictionary<TestProposal, (ReplicaSeat Seat, int Life)> _by = [];
    private bool _isRunning;

    /// <summary>For scenarios: every answer, in order.</summary>
    public Action<GroupRecord, TestProposal>? Heard { get; set; }

    public int Acknowledged { get; private set; }

    /// <summary>What was told to be certain not to have happened.</summary>
    public List<(GroupRecord Group, TestProposal Proposal)> Refused { get; } = [];

    public void Begin()
    {
        _isRunning = true;
        long pause = _queue.Draw(5, 40) * Millisecond;
        foreach (GroupRecord group in world.Groups)
            Next(group, pause);
    }

    public void Stop() => _isRunning = false;

    /// <summary>Somebody has it and may still answer: not a process that has ended since.</summary>
    public bool IsOpen(TestProposal proposal) => _open.Contains(proposal)
        && _by[proposal] is var (seat, life) && seat.IsUp && seat.Lives == life;

    public TestProposal Make(GroupRecord group, int replicas, bool leaderOnly)
    {
        int length = _queue.Chance(0.05) ? _queue.Random.Next(2000, 6000) : _queue.Random.Next(16, 600);
        byte[] payload = new byte[length];
        _queue.Random.NextBytes(payload);
        return new TestProposal(payload, replicas, leaderOnly) { Answered = proposal => Answer(group, proposal) };
    }

    /// <summary>
    /// Gives it to whoever leads as far as anybody knows; another one, if it has had its chance. What it returns may be
    /// new: a value whose fate is open is not offered again.
    /// </summary>
    public TestProposal Offer(GroupRecord group, TestProposal proposal)
    {
        if (LeaderOf(group) is not { } seat || seat.Find(group) is not { } replica)
            return proposal;

        TestProposal offered = proposal.Failure is null && !_by.ContainsKey(proposal)
            ? proposal
            : Make(group, proposal.RequiredReplicas, proposal.LeaderOnly);
        _open.Add(offered);
        _by[offered] = (seat, seat.Lives);
        if (!replica.TryPropose(offered))
            Drop(offered);
        return offered;
    }

    public TestProposal Propose(GroupRecord group, ReplicaSeat to, int replicas, bool leaderOnly)
    {
        TestProposal proposal = Make(group, replicas, leaderOnly);
        _open.Add(proposal);
        _by[proposal] = (to, to.Lives);
        if (to.Find(group) is not { } replica || !replica.TryPropose(proposal))
            Drop(proposal);
        return proposal;
    }

    public ReplicaSeat? LeaderOf(GroupRecord group) => world.Seats
        .Where(seat => seat.RecordOf(group) is { IsLeader: true } && seat.Find(group) is not null)
        .MaxBy(seat => seat.RecordOf(group)!.Term);

    public void Read(GroupRecord group, ReplicaSeat seat)
    {
        if (seat.Find(group) is { } replica && seat.RecordOf(group) is { } record)
            _ = ReadAsync(group, record, replica, seat.Life);
    }

    private void Drop(TestProposal proposal)
    {
        _open.Remove(proposal);
        _by.Remove(proposal);
    }

    private async Task ReadAsync(GroupRecord group, ReplicaRecord record, Replica replica, Life life)
    {
        LogIndex known = group.LastAcknowledged;
        if (await replica.ReadIndexAsync(CancellationToken.None) && life.IsAlive && record.Commit < known)
            world.Findings.Add($"ReadIndex: {record} serves a read at {record.Commit}, older than {known}");
    }

    private void Next(GroupRecord group, long pause)
    {
        if (!_isRunning)
            return;

        // Now and then nobody wants anything, for long enough that the group falls asleep.
        long idle = _queue.Chance(0.01) ? _queue.Draw(500, 2500) * Millisecond : 0;
        _queue.After(idle + _queue.Draw(1, 2 * pause), _queue.World, "client", () =>
        {
            if (_isRunning)
                Act(group);
            Next(group, pause);
        });
    }

    private void Act(GroupRecord group)
    {
        // Now and then somebody asks who led before, or never did.
        ReplicaSeat? leader = _queue.Chance(0.1)
            ? world.Seats[_queue.Random.Next(world.Seats.Count)]
            : LeaderOf(group);
        if (leader is null)
            return;

        if (_queue.Chance(0.1))
        {
            Read(group, leader);
            return;
        }

        if (_queue.Chance(0.2))
            Consume(group, leader);

        int burst = _queue.Chance(0.1) ? _queue.Random.Next(2, 30) : 1;
        for (int i = 0; i < burst && leader.Find(group) is not null; i++)
        {
            int replicas = _queue.Random.Next(10) switch { 0 => 3, 1 or 2 => 2, _ => 1 };
            Propose(group, leader, Math.Min(replicas, world.Options.Brokers), _queue.Chance(0.1));
        }
    }

    private void Consume(GroupRecord group, ReplicaSeat from)
    {
        if (from.RecordOf(group) is not { } record || record.Commit == LogIndex.Zero)
            return;

        var first = new LogIndex(_queue.Draw(1, record.Commit.Value));
        if (!world.Reader.TryRead(from, group, first, LogIndex.Min(first + 20, record.Commit)))
            _queue.Trace.Note(_queue.Now, "client", $"{group.Name}: broker {from.Id} cannot read {first} and behind");
    }

    // In the step that answers: nothing may happen between the promise and its check.
    private void Answer(GroupRecord group, TestProposal proposal)
    {
        ReplicaSeat by = _by[proposal].Seat;
        _by.Remove(proposal);
        _open.Remove(proposal);
        if (!by.IsUp)
            return;

        if (proposal.Failure is null)
        {
            Acknowledged++;
            world.Invariants.Acknowledged(group, new Acknowledgement(
                proposal.Token, proposal.Hash, proposal.Index, proposal.Offset, proposal.RequiredReplicas, by.Id,
                proposal.LeaderOnly));
        }
        else
        {
            _queue.Trace.Note(_queue.Now, "client", $"{group.Name}: {proposal.Failure} from broker {by.Id}");
            Remember(group, proposal);
        }

        Heard?.Invoke(group, proposal);
    }

    private void Remember(GroupRecord group, TestProposal proposal)
    {
        bool isCertain = proposal.Failure is ProposalFailure.NotLeader or ProposalFailure.StorageFull
            or ProposalFailure.Stopping or ProposalFailure.Truncated;
        if (isCertain)
            Refused.Add((group, proposal));
    }
}

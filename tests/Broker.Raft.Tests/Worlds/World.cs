using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Invariants;

namespace Broker.Raft.Tests.Worlds;

/// <summary>
/// A group in a bad world, all of it from one seed: any node may take any step at any time, links lose, repeat and
/// reorder, disks are slow, nodes crash and lose what was not flushed. After every event every invariant is checked.
/// </summary>
public sealed class World
{
    private readonly WorldSetup _setup;
    private readonly Random _random;
    private readonly Links _links;
    private readonly Sessions _sessions;
    private readonly Faults _faults;
    private readonly Memberships _memberships;
    private readonly List<Invariant> _invariants;
    private readonly Dictionary<ulong, PendingRead> _reads = [];
    private readonly HashSet<BrokerId> _lost = [];
    private readonly List<string>? _trace;
    private Node? _paused;
    private ulong _nextRead = 1;
    private long _nextEntry = 1;
    private int _events;

    public World(WorldSetup setup, List<Invariant> invariants, List<string>? trace = null)
    {
        _setup = setup;
        _trace = trace;
        _invariants = invariants;
        _random = new Random(setup.Seed);
        Voters = VoterSet.Of([.. Enumerable.Range(1, setup.Voters).Select(id => new BrokerId(id))]);

        // The others are no voters yet: they may ask for nothing.
        Nodes = [.. Enumerable.Range(1, setup.Voters + setup.Spares).Select(id => new Node(
            new BrokerId(id),
            Voters,
            new NodeSetup(_random)
            {
                Options = setup.Options,
                ReadyAtOnce = _random.Next(4) > 0,
                IsRelaxed = setup.IsRelaxed,
            }))];
        Losses = new Losses(this, setup.IsRelaxed);
        _links = new Links(Nodes.Count, setup, _random);
        _sessions = new Sessions(this, _links, setup, _random);
        _links.Lost = _sessions.Lose;
        _faults = new Faults(this, _links, _sessions, _random, setup);
        _memberships = new Memberships(this, _random, leastVoters: setup.Damage > 0 ? 2 : 1);
    }

    /// <summary>Who votes at first.</summary>
    public VoterSet Voters { get; }

    public IReadOnlyList<Node> Nodes { get; }

    public Ledger Ledger { get; } = new();

    public Losses Losses { get; }

    /// <summary>
    /// Its disk lost what was flushed, at some time; what it once held can't be counted on the disk any more.
    /// </summary>
    public bool HasLostFlushedEntries(Node node) => _lost.Contains(node.Id);

    public void NoteLoss(Node node) => _lost.Add(node.Id);

    /// <summary>The node's process is stopped, and knows nothing of it when it goes on.</summary>
    public void Pause(Node node) => _paused ??= node;

    public bool IsPaused(Node node) => node == _paused;

    public PendingRead TakeRead(ulong context) =>
        _reads.Remove(context, out PendingRead read)
            ? read
            : throw new InvariantBrokenException("A read was answered twice.");

    public void Run()
    {
        for (; _events < _setup.Events; _events++)
            Step();
    }

    /// <summary>
    /// Faults end; within a bounded number of ticks a leader commits something new and all members have it. Where
    /// members change, they become, besides, those that were drawn for the end.
    /// </summary>
    public void HealAndProgress()
    {
        _paused = null;
        _faults.End();
        _sessions.TellAll();
        LogIndex before = Ledger.End;
        int limit = (_setup.Changes > 0 ? 80 : 40) * _setup.Options.ElectionTicks;
        if (_setup.Changes > 0)
            _memberships.DrawEnd();
        for (int tick = 0; tick < limit; tick++)
        {
            TickAll();
            if (Nodes.FirstOrDefault(node => node.Core.IsLeaderReady) is { } leader && Ledger.End < before + 3)
                Do(leader, "propose", () => _nextEntry += leader.Propose(_nextEntry, 3));
            bool isMoved = _setup.Changes == 0 || _memberships.IsAtEnd();
            if (Ledger.End >= before + 3 && isMoved && HaveAll())
                return;
        }

        throw new InvariantBrokenException(
            $"Liveness: {before} → {Ledger.End} in {limit} ticks: {DescribeAll()}");
    }

    /// <summary>
    /// Left alone, every member falls asleep; and when the leader's links are cut then, the others have another one
    /// soon.
    /// </summary>
    public void SleepAndWake()
    {
        int limit = 40 * _setup.Options.ElectionTicks;
        Node[] members = [.. Nodes.Where(node => Ledger.Configuration?.IsVoter(node.Id) ?? Voters.Contains(node.Id))];

        // Once a change is committed, whoever asked for it deletes those that it removed. One of them may never have
        // heard of it, and would ask for votes, and keep the others awake, for ever.
        foreach (Node removed in Nodes.Except(members))
            removed.Crash();
        TickUntil(limit, "sleeps", () => members.All(node => node.Core.IsAsleep));
        if (members.Length < 3)
            return;

        Node leader = members.First(node => node.IsLeader);
        _faults.CutOff(leader, both: true);
        Node[] rest = [.. members.Where(node => node != leader)];
        TickUntil(limit, "leads again", () => rest.Any(node => node.Core.IsLeaderReady));
    }

    public void Note(string line) => _trace?.Add(line);

    /// <summary>Gives an input to a node, and looks at all that comes of it.</summary>
    public void Do(Node node, string what, Action act)
    {
        _trace?.Add($"{node.Id} {what}");
        act();
        foreach (Packet packet in node.Outgoing)
        {
            _trace?.Add($"    {Describe(packet.Message)}");
            foreach (Invariant invariant in _invariants)
                invariant.OnSend(this, node, packet.Message);
            if (packet.Message.To.Value <= Nodes.Count)
                _links.Send(packet);
        }

        node.Outgoing.Clear();
        if (!Losses.IsStray(node))
            Ledger.Note(node);
        foreach (Invariant invariant in _invariants)
            invariant.AfterEvent(this, node);
        Losses.NoteFilled(node);
    }

    private string DescribeAll() => string.Join("; ", Nodes.Select(Describe));

    private static string Describe(Node node) =>
        $"{node.Id} {node.Core.Role} term {node.Core.CurrentTerm} leader {node.Core.Leader} log {node.Log.LastIndex}"
        + $" flushed {node.Core.PersistedIndex} commit {node.Core.CommitIndex}"
        + $" members {node.Core.Configuration} of {node.Core.ConfigurationIndex}"
        + (node.Core.Abstains ? " abstains" : "") + (node.Core.IsAsleep ? " asleep" : "");

    private static string Describe(in RaftMessage m) =>
        $"{m.Kind} →{m.To} t{m.Term} prev {m.PrevIndex}/{m.PrevTerm} last {m.LastIndex}/{m.EntriesTerm}"
        + $" commit {m.Commit} match {m.Match} hint {m.HintIndex}/{m.HintTerm} read {m.ReadRound}"
        + (m.Rejected ? " rejected" : "") + (m.Forced ? " forced" : "") + (m.Abstains ? " abstains" : "")
        + (m.Sleep ? " sleep" : "");

    private void TickUntil(int limit, string what, Func<bool> holds)
    {
        for (int tick = 0; !holds(); tick++)
        {
            if (tick == limit)
                throw new InvariantBrokenException($"Liveness: nobody {what} in {limit} ticks: {DescribeAll()}");
            TickAll();
        }
    }

    private void TickAll()
    {
        foreach (Node node in Nodes.Where(node => node.IsUp))
        {
            if (node.MustBeginAnew)
                _faults.Reopen(node);
            Tick(node);
        }

        Quiesce();
        _sessions.TellAll();
    }

    private void Tick(Node node)
    {
        node.MaySleep = _setup.Sleeps && _sessions.HearsAllVoters(node);
        Do(node, "tick", node.Tick);
        _sessions.Tick(node);
    }

    /// <summary>Nobody wants anything: time to sleep, and to be hit asleep.</summary>
    private bool IsLull => _setup.Sleeps && _events / 150 % 4 > 0;

    private bool HaveAll()
    {
        Configuration members = Ledger.Configuration ?? Configuration.Of(Voters);
        return Nodes.All(node => !members.Members.Contains(node.Id) || node.Core.CommitIndex == Ledger.End);
    }

    /// <summary>
    /// Delivers and flushes until nothing is under way; answers that only beget answers are a fault too.
    /// </summary>
    private void Quiesce()
    {
        int patience = 20_000;
        do
        {
            while (!_links.IsEmpty && patience-- > 0)
                Deliver();
            foreach (Node node in Nodes.Where(node => node.IsUp))
            {
                Do(node, "ready", node.ApplyReady);
                Do(node, "flush", node.Flush);
                Do(node, "ready", node.ApplyReady);
            }
        }
        while (!_links.IsEmpty && patience > 0);

        if (patience <= 0)
            throw new InvariantBrokenException("Liveness: messages without end");
    }

    private void Step()
    {
        _sessions.TellSome();
        Node node = Nodes[_random.Next(Nodes.Count)];
        int dice = _random.Next(1000);
        if (node == _paused)
            Continue(node);
        else if (dice < 450 && !_links.IsEmpty)
            Deliver();
        else if (_random.NextDouble() < _setup.Faults * (IsLull ? 0.03 : 0.12))
            _faults.Strike(node);
        else if (!node.IsUp)
            _faults.MaybeRestart(node);
        else
            StepUp(node, dice);
    }

    private void StepUp(Node node, int dice)
    {
        // Its owner does so, some time after the core said it.
        if (node.MustBeginAnew && _random.Next(8) == 0)
            _faults.Reopen(node);
        else if (_setup.Changes > 0 && _random.Next(2) == 0)
            StepMembership(node);
        else
            StepNode(node, IsLull ? dice % 16 : dice % 20);
        if (_setup.IsRelaxed && _random.Next(20) == 0)
            node.FlushWritten();
    }

    /// <summary>A change has many steps; they are taken, and hit, more often than by chance.</summary>
    private void StepMembership(Node node)
    {
        if (node.Core.Configuration.IsJoint && _random.Next(20) == 0)
            _faults.Strike(node);
        else if (_random.NextDouble() < _setup.Changes)
            _memberships.Change(Nodes.FirstOrDefault(leader => leader.IsLeader && leader != _paused) ?? node);
        else
            Do(node, "flushes", node.Flush);
    }

    private void StepNode(Node node, int dice)
    {
        switch (dice)
        {
            case < 6:
                Tick(node);
                break;
            case < 9:
                Do(node, "saves term and vote", node.SaveHardState);
                break;
            case < 11:
                Do(node, "begins to write", node.BeginWrite);
                break;
            case < 14:
                Do(node, "has flushed", node.EndWrite);
                break;
            case < 16:
                Do(node, "takes ready", node.ApplyReady);
                break;
            case < 19:
                Do(node, "proposes", () => _nextEntry += node.Propose(_nextEntry, _random.Next(1, 6)));
                break;
            default:
                Read(node);
                break;
        }
    }

    /// <summary>
    /// A paused node does nothing; when it goes on, a read comes before it can learn what it missed.
    /// </summary>
    private void Continue(Node node)
    {
        if (_random.Next(200) > 0)
            return;

        _paused = null;
        if (node.IsUp)
            Read(node);
    }

    private void Read(Node node)
    {
        ulong context = _nextRead++;
        _reads[context] = new PendingRead(Ledger.End);
        Do(node, "reads", () => node.Input(() => node.Core.ReadIndex(context)));
    }

    private void Deliver()
    {
        if (_links.Take(except: _paused?.Id ?? BrokerId.None) is not { } packet)
            return;

        Node to = Nodes[packet.Message.To.Value - 1];
        if (to.IsUp)
        {
            string what = _trace is null ? "" : $"receives {Describe(packet.Message)} from {packet.Message.From}";
            Do(to, what, () => to.Receive(packet));
        }
    }
}

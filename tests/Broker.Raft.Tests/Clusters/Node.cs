using Broker.Model;

namespace Broker.Raft.Tests.Clusters;

/// <summary>
/// A replica with its disk, as an owner runs it. Nothing becomes durable by itself: the test says when term and vote,
/// and when the log, are flushed, and a crash keeps only that.
/// </summary>
public sealed class Node
{
    private readonly RaftOptions _options;
    private readonly Random _random;
    private readonly Ready _ready = new();
    private readonly VoterSet _voters;
    private readonly bool _applyAtOnce;
    private readonly bool _isRelaxed;
    private readonly HashSet<(LogIndex, long)> _everKept = [];
    private bool _hasForgottenVotes;
    private HardState? _unsaved;
    private DiskWrite? _writing;
    private int _truncations;
    private int _writtenTruncations;
    private int _configurationsAppended;

    public Node(BrokerId id, VoterSet voters, NodeSetup setup)
    {
        Id = id;
        _voters = voters;
        _options = setup.Options;
        _random = setup.Random;
        _applyAtOnce = setup.ReadyAtOnce;
        DurableHard = setup.Hard;
        _isRelaxed = setup.IsRelaxed;
        DurableLog = new MemoryLog(setup.Log.Entries);
        KeptLog = DurableLog;
        Log = setup.Log;
        _hasForgottenVotes = setup.HasForgottenVotes;
        Core = NewCore(setup.Abstains);
    }

    public BrokerId Id { get; }

    public RaftCore Core { get; private set; }

    public MemoryLog Log { get; private set; }

    public HardState DurableHard { get; private set; }

    public MemoryLog DurableLog { get; private set; }

    /// <summary>
    /// What a replica of its kind may promise by: what is flushed; in a relaxed group what is written, and survives the
    /// death of its process.
    /// </summary>
    public MemoryLog KeptLog { get; private set; }

    /// <summary>The power failed under it, and it has not been filled since.</summary>
    public bool MayHaveLostTail { get; private set; }

    /// <summary>How often this node's process has started.</summary>
    public int Life { get; private set; }

    /// <summary>How often its disk was replaced by an empty one.</summary>
    public int Disks { get; private set; } = 1;

    public bool IsUp { get; private set; } = true;

    /// <summary>It does not vote; nor will it, once it is up, where its disk was replaced meanwhile.</summary>
    public bool Abstains => _hasForgottenVotes || Core.Abstains;

    /// <summary>Its owner has nothing else to do, and sessions with all.</summary>
    public bool MaySleep { get; set; }

    /// <summary>What a test wants to know or do between an input and what follows from it.</summary>
    public Action<RaftCore>? BeforeReady { get; set; }

    public List<Packet> Outgoing { get; } = [];

    public List<ReadState> Reads { get; } = [];

    public bool IsLeader => IsUp && Core.Role == RaftRole.Leader;

    /// <summary>What its log says, as this test reads it: the core has to come to the same.</summary>
    public ConfigurationEntry InForce => InForceIn(Log);

    public void Tick()
    {
        Input(() => Core.Tick());
        if (!MaySleep)
            return;

        ApplyReady();
        Input(() => Core.TrySleep(isIdle: true));
    }

    public void Campaign() => Input(Core.Campaign);

    public void Input(Action act)
    {
        act();
        if (_applyAtOnce)
            ApplyReady();
    }

    public void Receive(Packet packet)
    {
        LogChange change = Core.Receive(packet.Message);
        if (change.TruncateFrom is { } from)
        {
            Log.TruncateFrom(from);
            _truncations++;
        }

        for (LogIndex index = change.AppendFrom; index <= change.AppendTo; index += 1)
        {
            TestEntry entry = packet.Entries[(int)(index - packet.Message.PrevIndex) - 1];
            Log.Append(entry);
            if (entry.Configuration is { } configuration)
                Core.ConfigurationAppended(new ConfigurationEntry(index, configuration));
        }

        if (_applyAtOnce)
            ApplyReady();
    }

    /// <summary>Appends entries if the node leads; how many it did.</summary>
    public int Propose(long id, int count = 1)
    {
        int done = 0;
        for (; done < count && Core.BeginProposal() is { } index; done++)
        {
            Assert(index == Log.LastIndex + 1, "a proposal's index follows the log");
            Log.Append(new TestEntry(Core.CurrentTerm, id + done));
            Core.Appended(index);
        }

        if (_applyAtOnce)
            ApplyReady();
        return done;
    }

    public void ApplyReady()
    {
        BeforeReady?.Invoke(Core);
        while (Core.HasReady)
        {
            Core.TakeReady(_ready);
            _unsaved = _ready.HardState ?? _unsaved;
            foreach (RaftMessage message in _ready.Messages)
                Send(message);
            Reads.AddRange(_ready.Reads);
            _hasForgottenVotes &= !_ready.Readmitted;
            MayHaveLostTail &= !_ready.Readmitted;
            MustBeginAnew |= _ready.BeginAnew is not null && Core.IsContradicted;
            if (_ready.NoOp is { } index)
            {
                Assert(index == Log.LastIndex + 1, "the no-op follows the log");
                Log.Append(new TestEntry(Core.CurrentTerm, -Core.CurrentTerm.Value));
                Core.Appended(index);
            }

            if (_ready.Configuration is { } change)
                AppendConfiguration(change);
        }
    }

    public void SaveHardState()
    {
        if (_unsaved is not { } hard)
            return;

        _unsaved = null;
        DurableHard = hard;
        Input(() => Core.HardStatePersisted(hard));
    }

    /// <summary>It holds as committed what its leader contradicts: all voters have lost it.</summary>
    public bool MustBeginAnew { get; private set; }

    /// <summary>A round of the disk begins: what the log holds now is on its way.</summary>
    public void BeginWrite() => _writing ??= new DiskWrite(new MemoryLog(Log.Entries), _truncations);

    public void EndWrite()
    {
        if (_writing is not { } write)
            return;

        _writing = null;
        _writtenTruncations = write.Truncations;
        bool mustFlush = !_isRelaxed || write.Log.HasOwnBehind(KeptLog);
        KeptLog = write.Log;
        if (_isRelaxed)
            NoteKept();
        if (mustFlush)
            DurableLog = KeptLog;
        else if (!KeptLog.StartsWith(DurableLog))
            DurableLog = KeptLog.Common(DurableLog);
        if (write.Truncations == _truncations)
            Input(() => Core.Persisted(write.Log.LastIndex, write.Log.LastTerm));
    }

    public void Flush()
    {
        SaveHardState();
        BeginWrite();
        EndWrite();
    }

    /// <summary>It held an entry, and all before it, when it promised by that, whatever it has lost since.</summary>
    public bool HasEverKept(LogIndex index, long fingerprint) =>
        index == LogIndex.Zero || _everKept.Contains((index, fingerprint));

    /// <summary>What a relaxed replica does now and then, and at a stop.</summary>
    public void FlushWritten() => DurableLog = KeptLog;

    /// <summary>The disk turns out to have lost what it had flushed from an index on.</summary>
    public void LoseFrom(LogIndex index) =>
        DurableLog = KeptLog = new MemoryLog(DurableLog.Entries.Take((int)index.Value - 1));

    /// <summary>An empty disk is put in the place of the old one: log, term and vote are gone.</summary>
    public void Wipe()
    {
        Disks++;
        LoseFrom(new LogIndex(1));
        DurableHard = HardState.Initial;
        _hasForgottenVotes = true;
    }

    /// <summary>
    /// It dies. A write under way may have come to any point: truncation first, then entry by entry. Where the power
    /// fails, what was not flushed survives up to any point; a process alone that dies loses nothing of what it wrote.
    /// </summary>
    public void Crash(bool losesPower = false)
    {
        if (_writing is { } write)
        {
            IReadOnlyList<TestEntry> entries = write.Log.Entries;
            int same = KeptLog.Entries.Zip(entries).TakeWhile(pair => pair.First == pair.Second).Count();
            KeptLog = new MemoryLog(entries.Take(_random.Next(same, entries.Count + 1)));
            if (!KeptLog.StartsWith(DurableLog))
                DurableLog = KeptLog.Common(DurableLog);
        }

        // Whoever was in no term has promised nothing.
        MayHaveLostTail |= _isRelaxed && losesPower && DurableHard.Term > Term.Zero;
        if (_isRelaxed && losesPower)
        {
            int flushed = DurableLog.Entries.Count;
            KeptLog = new MemoryLog(KeptLog.Entries.Take(_random.Next(flushed, KeptLog.Entries.Count + 1)));
        }

        DurableLog = KeptLog;
        IsUp = false;
        _writing = null;
        _unsaved = null;
        Outgoing.Clear();
    }

    /// <param name="abstains">Its disk has lost some of what it promised by.</param>
    /// <param name="anew">
    /// Where it has to begin anew: what it is filled with. Without it, it goes on with what it has, and is told again.
    /// </param>
    public void Restart(bool abstains = false, MemoryLog? anew = null)
    {
        IsUp = true;
        Life++;
        if (MustBeginAnew && anew is not null)
            DurableLog = KeptLog = anew;
        MustBeginAnew = false;
        Log = new MemoryLog(DurableLog.Entries) { EntryBytes = Log.EntryBytes };
        _truncations = _writtenTruncations = 0;
        Core = NewCore(abstains);
    }

    /// <summary>The latest configuration in a log of this node; that of the start when there is none.</summary>
    public ConfigurationEntry InForceIn(MemoryLog log) => log.Configurations.Count > 0
        ? log.Configurations[^1]
        : new ConfigurationEntry(LogIndex.Zero, Configuration.Of(_voters));

    private static void Assert(bool holds, string what)
    {
        if (!holds)
            throw new RaftInvariantException("Broken: " + what);
    }

    private RaftCore NewCore(bool abstains)
    {
        var start = new RaftStart(DurableHard, LogIndex.Zero, abstains)
        {
            Configurations = [.. Log.Configurations],
            HasForgottenVotes = _hasForgottenVotes,
            IsRelaxed = _isRelaxed,
            MayHaveLostTail = MayHaveLostTail,
        };
        return new RaftCore(Id, _voters, start, Log, _options, _random);
    }

    private void NoteKept()
    {
        LogIndex index = KeptLog.LastIndex;
        while (index > LogIndex.Zero && _everKept.Add((index, KeptLog.FingerprintAt(index))))
            index -= 1;
    }

    private void AppendConfiguration(in ConfigurationEntry change)
    {
        Assert(change.Index == Log.LastIndex + 1, "a configuration follows the log");
        long id = -((1_000_000L * (Life + 1)) + ++_configurationsAppended);
        Log.Append(new TestEntry(Core.CurrentTerm, id, change.Configuration));
        Core.Appended(change.Index);
    }

    private void Send(in RaftMessage message)
    {
        var entries = new TestEntry[message.Kind == MessageKind.Append ? message.LastIndex - message.PrevIndex : 0];
        for (int i = 0; i < entries.Length; i++)
        {
            LogIndex index = message.PrevIndex + (i + 1);
            if (Log.TermOf(index) != message.EntriesTerm)
                return;
            entries[i] = Log[index];
        }

        Outgoing.Add(new Packet(message, entries));
    }

    private sealed record DiskWrite(MemoryLog Log, int Truncations);
}

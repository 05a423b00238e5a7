using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// Terms, votes, flushed marks and log starts of all partition groups of a broker: one small journal, so that an
/// election storm of thousands of groups costs few flushes. Any thread may call; only <see cref="Flush"/> blocks.
/// </summary>
/// <remarks>
/// Two files of a fixed, written size stand for a reserve: votes stay writable on a full disk. One is appended to; when
/// it is full, a snapshot of all groups goes into the other under the next generation, and that one is appended to.
/// Each block is written twice, one copy behind the other: a bad sector costs nothing. A block is flushed before the
/// next is written, so a block that is missing before a later one was lost, and that is reported. What no checksum can
/// tell from a torn write is the loss of both copies of the very last block.
/// </remarks>
public sealed partial class VoteJournal : IDisposable
{
    private const int SmallestSlot = 1 << 20;

    private readonly Incarnation _incarnation;
    private readonly IFile[] _slots;
    private readonly Lock _gate = new();
    private readonly Lock _flushing = new();
    private readonly Dictionary<PartitionId, GroupState> _states = [];
    private readonly HashSet<PartitionId> _dirty = [];
    private readonly List<(PartitionId Group, GroupState? State)> _batch = [];
    private long _recorded;
    private long _flushed;
    private long _generation;
    private long _sequence;
    private long _end;

    private VoteJournal(IFileSystem fileSystem, string directory, Incarnation incarnation, FileMode mode)
    {
        _incarnation = incarnation;
        _slots = [fileSystem.Open(PathOf(directory, 0), mode), fileSystem.Open(PathOf(directory, 1), mode)];
    }

    /// <summary>Makes an empty journal, durable on return. Only for a data directory that never voted.</summary>
    public static VoteJournal Create(IFileSystem fileSystem, string directory, Incarnation incarnation)
    {
        var journal = new VoteJournal(fileSystem, directory, incarnation, FileMode.OpenOrCreate);
        foreach (IFile slot in journal._slots)
        {
            slot.SetLength(0);
            Fill(slot, SmallestSlot);
            slot.FlushWithMetadata();
        }

        journal.StartGeneration();
        fileSystem.FlushDirectory(directory);
        return journal;
    }

    /// <summary>
    /// Takes a journal over. A process may have died between a write and its flush, or of a flush that failed: then the
    /// last block stands in the page cache alone, and flushing it again would change nothing. So all that was read is
    /// written anew, and durable on return. Throws <see cref="VoteJournalDamagedException"/> if it is missing or
    /// incomplete.
    /// </summary>
    public static VoteJournal Open(IFileSystem fileSystem, string directory, Incarnation incarnation)
    {
        VoteJournal journal = Read(fileSystem, directory, incarnation);
        try
        {
            journal.StartGeneration();
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Reads a journal to look at it, and writes nothing. Throws as <see cref="Open"/> does.</summary>
    internal static VoteJournal Read(IFileSystem fileSystem, string directory, Incarnation incarnation)
    {
        if (!fileSystem.FileExists(PathOf(directory, 0)) || !fileSystem.FileExists(PathOf(directory, 1)))
            throw new VoteJournalDamagedException($"the vote journal in {directory} is missing");
        var journal = new VoteJournal(fileSystem, directory, incarnation, FileMode.Open);
        try
        {
            journal.Load(directory);
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>How many groups are known.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _states.Count;
        }
    }

    /// <summary>Whether something was recorded that is not durable yet.</summary>
    public bool HasUnflushed
    {
        get
        {
            lock (_gate)
                return _dirty.Count > 0;
        }
    }

    /// <summary>The newest state of a group, durable or not.</summary>
    public GroupState Get(PartitionId group)
    {
        lock (_gate)
            return _states.GetValueOrDefault(group, GroupState.Empty);
    }

    public IReadOnlyList<PartitionId> Groups()
    {
        lock (_gate)
            return [.. _states.Keys.Order()];
    }

    /// <summary>A new term or vote. It may be answered only after a <see cref="Flush"/>.</summary>
    public void RecordVote(PartitionId group, Term term, BrokerId votedFor)
    {
        lock (_gate)
            Put(group, StateOf(group) with { Term = term, VotedFor = votedFor });
    }

    /// <summary>How far the log is flushed, which goes back when the log is truncated.</summary>
    public void RecordMark(PartitionId group, LogIndex flushed)
    {
        lock (_gate)
            Put(group, StateOf(group) with { Mark = flushed });
    }

    public void RecordCommit(PartitionId group, LogIndex commit)
    {
        lock (_gate)
        {
            GroupState state = StateOf(group);
            if (commit > state.Commit)
                Put(group, state with { Commit = commit });
        }
    }

    /// <summary>Where a log begins: first entry and first offset each go up alone, and never back.</summary>
    public void RecordLogStart(PartitionId group, LogIndex index, Offset offset)
    {
        lock (_gate)
        {
            GroupState state = StateOf(group);
            Put(group, state with
            {
                LogStartIndex = LogIndex.Max(index, state.LogStartIndex),
                LogStartOffset = Offset.Max(offset, state.LogStartOffset),
            });
        }
    }

    /// <summary>Nothing but a base is there: what was known of the log before says nothing of what comes.</summary>
    public void RecordBase(PartitionId group, LogIndex index)
    {
        lock (_gate)
            Put(group, StateOf(group) with { Mark = index, Commit = index });
    }

    /// <summary>Drops a group. Only after the committed deletion of its topic.</summary>
    public void Forget(PartitionId group)
    {
        lock (_gate)
        {
            if (_states.Remove(group))
            {
                _dirty.Add(group);
                _recorded++;
            }
        }
    }

    /// <summary>
    /// DISK. On return, all that was recorded before the call is durable. Callers at the same time share flushes.
    /// </summary>
    public void Flush()
    {
        long wanted;
        lock (_gate)
            wanted = _recorded;
        lock (_flushing)
        {
            if (_flushed >= wanted)
                return;
            long upTo = TakeBatch();
            try
            {
                WriteBatch();
            }
            catch (StorageException)
            {
                GiveBatchBack();
                throw;
            }

            _flushed = upTo;
        }
    }

    public void Dispose()
    {
        foreach (IFile slot in _slots)
            slot.Dispose();
    }

    private static string PathOf(string directory, int slot) => Path.Combine(directory, $"journal.{slot}");

    private void Load(string directory)
    {
        VoteSlot[] slots = [VoteSlot.Read(_slots[0], _incarnation), VoteSlot.Read(_slots[1], _incarnation)];
        VoteSlot newest = slots[0].Generation > slots[1].Generation ? slots[0] : slots[1];
        if (newest.Generation == 0)
            throw new VoteJournalDamagedException($"the vote journal in {directory} holds nothing that can be read");
        if (newest.FirstGap() is >= 0 and long gap)
        {
            throw new VoteJournalDamagedException(
                $"the vote journal in {directory} has lost block {gap} of generation {newest.Generation}, " +
                $"though block {newest.LastSequence} is there");
        }

        newest.ApplyTo(_states);
        _generation = newest.Generation;
        if (ReferenceEquals(newest, slots[(int)((_generation + 1) & 1)]))
            throw new VoteJournalDamagedException($"the vote journal's files in {directory} have changed places");
    }

    private GroupState StateOf(PartitionId group) => _states.GetValueOrDefault(group, GroupState.Empty);

    private void Put(PartitionId group, GroupState state)
    {
        if (_states.TryGetValue(group, out GroupState known) && known == state)
            return;
        _states[group] = state;
        _dirty.Add(group);
        _recorded++;
    }

    private long TakeBatch()
    {
        _batch.Clear();
        lock (_gate)
        {
            foreach (PartitionId group in _dirty)
                _batch.Add((group, _states.TryGetValue(group, out GroupState state) ? state : null));
            _dirty.Clear();
            _batch.Sort(static (left, right) => left.Group.CompareTo(right.Group));
            return _recorded;
        }
    }

    private void GiveBatchBack()
    {
        lock (_gate)
        {
            foreach ((PartitionId group, _) in _batch)
                _dirty.Add(group);
        }
    }

    private void WriteBatch()
    {
        IFile slot = _slots[_generation & 1];
        int length = VoteBlock.PaddedLength(_batch.Count);
        if (_end + (2 * length) > slot.Length)
        {
            StartGeneration();
            return;
        }

        WriteTwice(slot, _end, (_generation, _sequence), _batch);
        _end += 2 * length;
        _sequence++;
    }

    /// <summary>
    /// Writes all groups into the other file. Until its flush returns, the present file is the one that counts.
    /// </summary>
    private void StartGeneration()
    {
        List<(PartitionId Group, GroupState? State)> all = [];
        lock (_gate)
        {
            foreach ((PartitionId group, GroupState state) in _states)
                all.Add((group, state));
        }

        all.Sort(static (left, right) => left.Group.CompareTo(right.Group));
        long generation = _generation + 1;
        IFile slot = _slots[generation & 1];
        int length = VoteBlock.PaddedLength(all.Count);
        if (slot.Length < 8L * length)
            Grow(slot, 16L * length, atLeast: 2L * length);
        WriteTwice(slot, 0, (generation, 0), all);
        _generation = generation;
        _sequence = 1;
        _end = 2 * length;
    }

    private void WriteTwice(
        IFile slot, long at, (long Generation, long Sequence) number,
        IReadOnlyList<(PartitionId Group, GroupState? State)> records)
    {
        int length = VoteBlock.PaddedLength(records.Count);
        SharedBuffer buffer = SharedBuffer.Rent(2 * length);
        try
        {
            VoteBlock.Write(buffer.Span[..length], _incarnation, number, records);
            buffer.Span[..length].CopyTo(buffer.Span[length..]);
            slot.Write(buffer.Span, at);
        }
        finally
        {
            buffer.Release();
        }

        slot.Flush();
    }

    private static void Grow(IFile slot, long length, long atLeast)
    {
        try
        {
            Fill(slot, length);
        }
        catch (StorageFullException) when (slot.Length >= atLeast)
        {
            // Tight, but it fits: it grows when there is room again.
        }
    }

    /// <summary>Written zeros, not a hole: what is written later needs no new blocks.</summary>
    private static void Fill(IFile slot, long length)
    {
        byte[] zeros = new byte[64 << 10];
        for (long at = slot.Length; at < length; at += zeros.Length)
            slot.Write(zeros.AsSpan(0, (int)Math.Min(zeros.Length, length - at)), at);
    }
}

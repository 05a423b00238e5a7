using Broker.Model;
using Broker.Raft;

namespace Broker.Simulation.Invariants;

/// <summary>
/// What is known of a group from the outside of all replicas: what was committed, and what was acknowledged.
/// </summary>
public sealed class GroupRecord(PartitionId id, VoterSet voters, string name)
{
    private readonly List<EntryRecord> _committed = [];
    private readonly List<ulong> _hashes = [];

    public PartitionId Id => id;

    public VoterSet Voters => voters;

    public string Name => name;

    public List<Acknowledgement> Acknowledged { get; } = [];

    public LogIndex LastAcknowledged { get; set; }

    /// <summary>What is written counts, flushed or not.</summary>
    public bool IsRelaxed { get; init; }

    /// <summary>
    /// Relaxed: whose power failed, or a flush of theirs, and who has not said since that it does not abstain.
    /// </summary>
    public HashSet<BrokerId> Powerless { get; } = [];

    /// <summary>How many entries were committed and are lost, as a relaxed group may.</summary>
    public long Lost { get; private set; }

    /// <summary>By a committed entry: what lies below may be gone.</summary>
    public Offset LogStart { get; set; }

    public LogIndex LastCommitted => new(_committed.Count);

    public IReadOnlyList<EntryRecord> Committed => _committed;

    /// <summary>From 1; index <see cref="LastCommitted"/> is the last.</summary>
    public EntryRecord this[LogIndex index] => _committed[(int)index.Value - 1];

    public ulong HashAt(LogIndex index) => index == LogIndex.Zero ? 0 : _hashes[(int)index.Value - 1];

    public void Commit(in EntryRecord entry)
    {
        _hashes.Add(Step(HashAt(LastCommitted), entry));
        _committed.Add(entry);
    }

    public void LoseFrom(LogIndex index)
    {
        int kept = (int)index.Value - 1;
        Lost += _committed.Count - kept;
        _committed.RemoveRange(kept, _committed.Count - kept);
        _hashes.RemoveRange(kept, _hashes.Count - kept);
        Acknowledged.RemoveAll(what => what.Index >= index);
        LastAcknowledged = LogIndex.Min(LastAcknowledged, LastCommitted);
    }

    public static ulong Step(ulong before, in EntryRecord entry)
    {
        unchecked
        {
            ulong mixed = (before ^ entry.Hash ^ ((ulong)entry.Term.Value << 32)) * 1099511628211;
            return mixed ^ (mixed >> 31) ^ (ulong)entry.Offset.Value;
        }
    }
}

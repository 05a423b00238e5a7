using Broker.Model;

namespace Broker.Storage;

/// <content>What a replica has lost of its log, and that it was made up for.</content>
public sealed partial class VoteJournal
{
    /// <summary>The first damaged entry, or 0 once the log was filled again.</summary>
    public void RecordDamage(PartitionId group, LogIndex at)
    {
        lock (_gate)
            Put(group, StateOf(group) with { DamagedAt = at });
    }

    /// <summary>
    /// The group counts this replica again, which an earlier life of the data directory was part of. To be recorded
    /// once term and vote are durable.
    /// </summary>
    public void RecordTakenIn(PartitionId group)
    {
        lock (_gate)
            Put(group, StateOf(group) with { IsTakenIn = true });
    }

    /// <summary>
    /// What was written and not flushed is gone: every group that was ever in a term may lack the end of its log.
    /// </summary>
    public void RecordPowerLoss()
    {
        lock (_gate)
        {
            foreach ((PartitionId group, GroupState state) in _states.ToArray())
                Put(group, state with { LostPower = state.LostPower || state.Term > Term.Zero });
        }
    }

    /// <summary>A leader has filled the log since the power failed, or nothing was lost by that.</summary>
    public void RecordFilled(PartitionId group)
    {
        lock (_gate)
        {
            if (StateOf(group) is { LostPower: true } state)
                Put(group, state with { LostPower = false });
        }
    }

    /// <summary>
    /// The log is deleted and the group is not: term and vote still bind, and whatever log there will be is taken for
    /// damaged from its first entry on, until a leader has filled it.
    /// </summary>
    public void RecordLogLoss(PartitionId group)
    {
        lock (_gate)
        {
            GroupState state = StateOf(group);
            Put(group, new GroupState
            {
                Term = state.Term,
                VotedFor = state.VotedFor,
                IsTakenIn = state.IsTakenIn,
                DamagedAt = LogIndex.Zero + 1,
            });
        }
    }
}

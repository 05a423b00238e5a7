using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// What a broker remembers of one partition group beside the log. Term and vote must be durable before they are
/// answered; the rest rides along with flushes that happen anyway and may be old.
/// </summary>
public readonly record struct GroupState
{
    public static readonly GroupState Empty = new() { VotedFor = BrokerId.None };

    public Term Term { get; init; }

    public BrokerId VotedFor { get; init; }

    /// <summary>The log was flushed at least up to here: what is missing at or below it was lost, not torn.</summary>
    public LogIndex Mark { get; init; }

    /// <summary>A commit index that was known.</summary>
    public LogIndex Commit { get; init; }

    /// <summary>The first index that need not be kept: the committed log start.</summary>
    public LogIndex LogStartIndex { get; init; }

    public Offset LogStartOffset { get; init; }

    /// <summary>The first entry found damaged, until a leader has filled the log again; 0 for none.</summary>
    public LogIndex DamagedAt { get; init; }

    /// <summary>
    /// Its group has taken this replica in since this life of the data directory began: whatever an earlier life had
    /// promised is made up for, and what this one promised is known.
    /// </summary>
    public bool IsTakenIn { get; init; }

    /// <summary>
    /// The power failed, or a flush did, since the replica was filled last: what it wrote and did not flush is gone.
    /// Means something to relaxed groups only.
    /// </summary>
    public bool LostPower { get; init; }
}

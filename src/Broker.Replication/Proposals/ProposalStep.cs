using Broker.Model;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>What a proposal wants done, decided in the step that appends.</summary>
public readonly struct ProposalStep
{
    private ProposalStep(ProposalStepKind kind, in LogEntry entry, LogIndex index)
    {
        Kind = kind;
        Entry = entry;
        Index = index;
    }

    /// <summary>It has been answered; nothing is appended and there will be no call-back.</summary>
    public static ProposalStep Done => default;

    public ProposalStepKind Kind { get; }

    internal LogEntry Entry { get; }

    internal LogIndex Index { get; }

    /// <summary>Append this entry; the log retains its buffer, the maker keeps its own hold.</summary>
    public static ProposalStep Append(in LogEntry entry) => new(ProposalStepKind.Append, entry, entry.Index);

    /// <summary>It repeats an entry that is in the log: to be answered when that one is.</summary>
    public static ProposalStep WaitFor(LogIndex index) => new(ProposalStepKind.WaitFor, default, index);
}

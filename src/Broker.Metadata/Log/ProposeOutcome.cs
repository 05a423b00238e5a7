using Broker.Model;

namespace Broker.Metadata;

/// <summary>The answer to a proposal.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Index">The entry's index if committed, else 0.</param>
/// <param name="Leader">Who leads, as far as known, where this broker does not.</param>
public readonly record struct ProposeOutcome(ProposeStatus Status, long Index, BrokerId Leader)
{
    public static readonly ProposeOutcome Conflict = new(ProposeStatus.Conflict, 0, BrokerId.None);

    public static readonly ProposeOutcome Unknown = new(ProposeStatus.Unknown, 0, BrokerId.None);

    public static ProposeOutcome Committed(long index) => new(ProposeStatus.Committed, index, BrokerId.None);

    public static ProposeOutcome NotLeader(BrokerId leader) => new(ProposeStatus.NotLeader, 0, leader);
}

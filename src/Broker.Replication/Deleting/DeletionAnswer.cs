using Broker.Model;

namespace Broker.Replication;

/// <summary>What came of a wish to delete records.</summary>
/// <param name="LogStart">Done: where the log begins now, at or behind what was asked for.</param>
public readonly record struct DeletionAnswer(DeletionOutcome Outcome, Offset LogStart)
{
    internal static DeletionAnswer Failed(DeletionOutcome outcome) => new(outcome, new Offset(-1));
}

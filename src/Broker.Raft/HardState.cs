using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// What a replica must not forget: its term, and whom it voted for in it (<see cref="BrokerId.None"/>: nobody).
/// </summary>
public readonly record struct HardState(Term Term, BrokerId VotedFor)
{
    /// <summary>A replica that has never taken part in an election.</summary>
    public static readonly HardState Initial = new(Term.Zero, BrokerId.None);
}

namespace Broker.Metadata;

/// <summary>What became of a change of the metadata voters.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Message">For people: why it was refused, and the way out. Empty if it was done.</param>
public readonly record struct VoterOutcome(VoterStatus Status, string Message)
{
    public static VoterOutcome Done { get; } = new(VoterStatus.Done, "");

    public static VoterOutcome NotLeader { get; } = new(VoterStatus.NotLeader, "");
}

namespace Broker.Raft.Tests.Clusters;

/// <summary>How a node begins.</summary>
public sealed record NodeSetup(Random Random)
{
    public RaftOptions Options { get; init; } = RaftOptions.Default;

    public HardState Hard { get; init; } = HardState.Initial;

    public MemoryLog Log { get; init; } = new();

    public bool Abstains { get; init; }

    /// <summary>It begins without what it had voted, too.</summary>
    public bool HasForgottenVotes { get; init; }

    /// <summary>What is written counts, flushed or not.</summary>
    public bool IsRelaxed { get; init; }

    /// <summary>Each input's outcome is carried out at once; otherwise only when told.</summary>
    public bool ReadyAtOnce { get; init; } = true;
}

using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// What a replica knows when it starts.
/// </summary>
/// <param name="Hard">
/// Its durable term and vote.
/// </param>
/// <param name="Commit">
/// What it knows to be committed: at least the index before its log's first entry.
/// </param>
/// <param name="Abstains">
/// It may have lost what it once acknowledged: it takes entries, but neither votes nor campaigns nor counts, until a
/// leader has filled it up to an entry committed in that leader's own term.
/// </param>
public readonly record struct RaftStart(HardState Hard, LogIndex Commit, bool Abstains = false)
{
    /// <summary>
    /// It may have forgotten whom it voted for, too: it abstains until its leader has stored an entry without its help
    /// on so many others that nobody can be elected by what it forgot.
    /// </summary>
    public bool HasForgottenVotes { get; init; }

    /// <summary>
    /// Its group is relaxed: "persisted" means written, which the death of processes does not undo, but a power cut.
    /// </summary>
    public bool IsRelaxed { get; init; }

    /// <summary>
    /// The power failed under it, and it may lack the end of what it acknowledged, and nothing else: it abstains, but
    /// stands and votes where all voters do, see docs/decisions/0012.
    /// </summary>
    public bool MayHaveLostTail { get; init; }

    /// <summary>
    /// A configuration that is known to be committed, be its entry before the log's first or behind its last. Null: the
    /// voters that the core is given.
    /// </summary>
    public ConfigurationEntry? Committed { get; init; }

    /// <summary>
    /// The configuration entries of its log behind <see cref="Committed"/>, ascending.
    /// </summary>
    public IReadOnlyList<ConfigurationEntry>? Configurations { get; init; }
}

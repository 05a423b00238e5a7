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
    /// The configuration entries of its log, ascending: all from the latest that is known to be committed on, be it
    /// before the log's first entry by now. Without any, the voters that the core is given hold from the start.
    /// </summary>
    public IReadOnlyList<ConfigurationEntry>? Configurations { get; init; }
}

using System.Collections.Immutable;
using Broker.Model;

namespace Broker.MetadataQuorum;

/// <summary>
/// The voters as the log says at an index. Only what was committed becomes a roll, so of two the later is the truth for
/// everybody, whoever tells of it.
/// </summary>
internal sealed record VoterRoll(long Version, ImmutableSortedSet<BrokerId> Voters)
{
    /// <summary>Known from the configuration file only.</summary>
    public const long Configured = -1;

    public override string ToString() => string.Join(", ", Voters);
}

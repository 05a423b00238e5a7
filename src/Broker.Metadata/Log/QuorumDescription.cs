using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Metadata;

/// <summary>The metadata group as it answers.</summary>
/// <param name="Leadership">Who leads it, as known here.</param>
/// <param name="Applied">The last entry that is applied here.</param>
/// <param name="Members">Voters and observers, by id.</param>
public sealed record QuorumDescription(
    MetadataLeadership Leadership, long Applied, ImmutableArray<QuorumMember> Members);

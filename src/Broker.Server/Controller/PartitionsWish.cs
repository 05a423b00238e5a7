using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Server.Controller;

/// <summary>A topic that somebody wants to have more partitions.</summary>
/// <param name="Total">How many it shall have then.</param>
/// <param name="Assignments">The replicas of the new ones, the preferred leader first; empty to let them be
/// placed.</param>
public sealed record PartitionsWish(string Topic, int Total, ImmutableArray<ImmutableArray<BrokerId>> Assignments);

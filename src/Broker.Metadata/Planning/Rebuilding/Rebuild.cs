using System.Collections.Immutable;

namespace Broker.Metadata;

/// <summary>What is to be done about replicas on brokers that are not waited for any more.</summary>
/// <param name="Targets">New replica sets, to be written down now.</param>
/// <param name="Stuck">What can't be rebuilt as things are, by topic and index.</param>
public sealed record Rebuild(ImmutableArray<PartitionTarget> Targets, ImmutableArray<StuckPartition> Stuck)
{
    public static readonly Rebuild Nothing = new([], []);

    /// <summary>One record, or none.</summary>
    public Plan Plan => Targets.IsEmpty ? Plan.Nothing : Plan.Of(new PartitionsReassigned(Targets));
}

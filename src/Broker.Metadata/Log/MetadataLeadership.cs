using Broker.Model;

namespace Broker.Metadata;

/// <summary>Who leads the metadata group.</summary>
/// <param name="Leader"><see cref="BrokerId.None"/> while nobody is known to lead.</param>
/// <param name="Term">The term of the metadata group, which has nothing to do with partitions' terms.</param>
public readonly record struct MetadataLeadership(BrokerId Leader, long Term)
{
    public static readonly MetadataLeadership None = new(BrokerId.None, 0);
}

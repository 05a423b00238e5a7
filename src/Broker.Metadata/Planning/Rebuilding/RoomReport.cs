using Broker.Model;

namespace Broker.Metadata;

/// <summary>What a broker tells of the room on its disk.</summary>
/// <param name="Room">How many bytes of records it may still take; 0 while it refuses them.</param>
/// <param name="Replicas">How many each replica takes that it has.</param>
public sealed record RoomReport(long Room, IReadOnlyDictionary<PartitionId, long> Replicas);

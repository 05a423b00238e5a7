using Broker.Model;

namespace Broker.Client.Disks;

/// <summary>What a broker tells of its disk.</summary>
/// <param name="TotalBytes">The size of the file system of its data directory; −1 where it does not tell.</param>
/// <param name="UsableBytes">What records may still take there; −1 where it does not tell.</param>
/// <param name="Replicas">How many bytes the log of each of its replicas takes.</param>
public sealed record DiskDescription(
    BrokerId Broker, long TotalBytes, long UsableBytes, IReadOnlyDictionary<TopicPartition, long> Replicas);

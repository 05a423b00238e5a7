using Broker.Model;

namespace Broker.Client.Disks;

/// <summary>What all brokers that answered told of their disks.</summary>
/// <param name="Silent">The brokers that did not answer, or are of a version that does not tell, and why.</param>
public sealed record DiskSurvey(
    IReadOnlyDictionary<BrokerId, DiskDescription> Disks, IReadOnlyDictionary<BrokerId, string> Silent)
{
    /// <summary>What a replica takes once it is filled: the most that any takes; 0 where nobody has one yet.</summary>
    public long SizeOf(TopicPartition partition) => Disks.Values
        .Select(disk => disk.Replicas.GetValueOrDefault(partition))
        .DefaultIfEmpty()
        .Max();
}

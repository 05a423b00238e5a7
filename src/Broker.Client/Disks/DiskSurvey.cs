using Broker.Model;

namespace Broker.Client.Disks;

/// <summary>What all brokers that answered told of their disks.</summary>
/// <param name="Silent">The brokers that did not answer, or are of a version that does not tell, and why.</param>
public sealed record DiskSurvey(
    IReadOnlyDictionary<BrokerId, DiskDescription> Disks, IReadOnlyDictionary<BrokerId, string> Silent)
{
    public static readonly DiskSurvey Nothing =
        new(new Dictionary<BrokerId, DiskDescription>(), new Dictionary<BrokerId, string>());

    /// <summary>What a replica takes once it is filled: the most that any takes; 0 where nobody has one yet.</summary>
    public long SizeOf(TopicPartition partition) => Disks.Values
        .Select(disk => disk.Replicas.GetValueOrDefault(partition))
        .DefaultIfEmpty()
        .Max();

    /// <summary>Whether a broker could take a replica, as far as it tells; if it does not tell, it could.</summary>
    public bool HasRoom(BrokerId broker, long bytes) =>
        !Disks.TryGetValue(broker, out DiskDescription? disk) || disk.UsableBytes < 0
        || disk.UsableBytes > bytes + (bytes / 10);
}

using System.Globalization;
using Broker.Metadata;
using Broker.Model;
using Broker.Simulation.Disks;
using Broker.Simulation.Invariants.Clients;
using Broker.Storage;
using Broker.Storage.Inspection;

namespace Broker.Simulation.Worlds.Clusters;

/// <summary>
/// What lies on the brokers' disks when all have ended in order: replicas agree entry by entry, every partition that
/// there is has its data, and of deleted topics nothing is left, nor was anything set aside as unknown.
/// </summary>
internal static class DiskAgreement
{
    public static string? Check(
        IReadOnlyList<BrokerSeat> seats, IReadOnlyList<TopicLedger> topics, ClusterImage image)
    {
        var disks = new MountedDisks(
            seats.ToDictionary(seat => $"/{seat.Id}", IFileSystem (seat) => seat.TakeDiskOut()));
        VerifyReport report = LogVerify.Run(disks, [.. seats.Select(seat => $"/{seat.Id}/data")]);
        string? problem = report.Replicas
            .SelectMany(replica => replica.Problems.Where(problem => problem.IsError))
            .Select(problem => problem.ToString()).FirstOrDefault()
            ?? report.Partitions.SelectMany(partition => partition.Mismatches).FirstOrDefault();
        return problem is not null
            ? $"ReplicasAgree: {problem}"
            : seats.Select(seat => StrayOn(seat)).FirstOrDefault(found => found is not null)
                ?? topics.Select(topic => CheckCopies(topic, seats, image)).FirstOrDefault(found => found is not null);
    }

    private static string? StrayOn(BrokerSeat seat) =>
        seat.Disk.ListDirectories("/data/stray").FirstOrDefault() is { } stray
            ? $"NothingIsStray: {seat.Name} has set {stray} aside"
            : null;

    private static string? CheckCopies(TopicLedger topic, IReadOnlyList<BrokerSeat> seats, ClusterImage image)
    {
        foreach (PartitionLedger partition in topic.Partitions)
        {
            BrokerId[] copies = [.. seats.Where(seat => HasData(seat, partition.Id)).Select(seat => seat.Id)];
            if (topic.IsGone && copies.Length > 0)
                return $"DeletedIsGone: {copies.Length} brokers still have {partition}, which was deleted";
            if (topic.IsGoing)
                continue;
            BrokerId[] replicas = [.. image.FindPartition(partition.Id)!.Replicas.Order()];
            if (replicas.Length != topic.Replicas || !copies.SequenceEqual(replicas))
            {
                return $"DeletedOnlyIfCommitted: brokers {string.Join(',', copies)} have data of {partition}, whose "
                    + $"replicas are {string.Join(',', replicas)}";
            }
        }

        return null;
    }

    private static bool HasData(BrokerSeat seat, PartitionId partition)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/data/topics/{partition}");
        return seat.Disk.DirectoryExists(path) && seat.Disk.ListFiles(path).Count > 0;
    }
}

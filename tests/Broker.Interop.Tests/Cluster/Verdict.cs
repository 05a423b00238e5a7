using System.Text.Json.Nodes;
using Broker.Interop.Tests.Clients;
using Xunit;

namespace Broker.Interop.Tests.Cluster;

/// <summary>What <c>broker log verify</c> finds on the disks of a cluster that is stopped.</summary>
internal static class Verdict
{
    private const int Replicas = 3;

    /// <summary>
    /// Stops all brokers. Nothing is damaged, no two replicas differ, and of one topic there are so many partitions of
    /// three replicas each; what groups of consumers have made besides is not counted.
    /// </summary>
    /// <param name="executable">What sees the data directories; this version's if not said.</param>
    public static async Task IsCleanAsync(ProcessCluster cluster, int partitions, string? executable = null)
    {
        string printed = await AgreeAsync(cluster, cluster.Brokers, executable);
        IEnumerable<int> replicasOfTopics = JsonNode.Parse(printed)!["replicas"]!.AsArray()
            .GroupBy(replica => ((string)replica!["partition"]!).Split('/')[0])
            .Select(topic => topic.Count());
        Assert.Contains(Replicas * partitions, replicasOfTopics);
    }

    /// <summary>Stops these brokers. Nothing is damaged there, and no two replicas differ.</summary>
    public static async Task<string> AgreeAsync(
        ProcessCluster cluster, IEnumerable<BrokerProcess> brokers, string? executable = null)
    {
        foreach (BrokerProcess broker in brokers)
            await broker.StopAsync();

        // It ends with an error where anything is wrong.
        return await ChildProcess.RunAsync(
            executable ?? Tree.Executable,
            ["log", "verify", "--format", "json", .. brokers.Select(broker => cluster.DataOf(broker.Id))]);
    }
}

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
    public static async Task IsCleanAsync(ProcessCluster cluster, int partitions)
    {
        foreach (BrokerProcess broker in cluster.Brokers)
            await broker.StopAsync();

        // It ends with an error where anything is wrong.
        string printed = await ChildProcess.RunAsync(
            Tree.Executable,
            ["log", "verify", "--format", "json", .. cluster.Brokers.Select(broker => cluster.DataOf(broker.Id))]);
        IEnumerable<int> replicasOfTopics = JsonNode.Parse(printed)!["replicas"]!.AsArray()
            .GroupBy(replica => ((string)replica!["partition"]!).Split('/')[0])
            .Select(topic => topic.Count());
        Assert.Contains(Replicas * partitions, replicasOfTopics);
    }
}

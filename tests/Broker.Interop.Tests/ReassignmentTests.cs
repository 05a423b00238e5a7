using System.Text.Json;
using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>
/// Replicas move to a fourth broker while records are written, and nothing that was acknowledged is lost.
/// </summary>
public sealed class ReassignmentTests
{
    private const string Topic = "moving";
    private const int Partitions = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Replicas_move_under_load_to_a_broker_that_is_killed_and_away_from_one_that_goes()
    {
        await using LoadedCluster load = await LoadedCluster.StartAsync(
            ProcessCluster.StartAsync(4), Topic, Partitions);
        ProcessCluster cluster = load.Processes;

        int[][] targets = [[4, 1, 2], [2, 3, 4], [3, 4, 1]];
        for (int partition = 0; partition < Partitions; partition++)
        {
            await cluster.RunAsync(
                "cluster", "reassign", $"{Topic}/{partition}", "-r", string.Join(',', targets[partition]));
        }

        await cluster.Broker(4).KillAsync();
        cluster.Broker(4).Start();
        await Deadline.UntilAsync("the end of all reassignments", Limit, async () => await MovesAsync(cluster) == 0);
        IReadOnlyList<PartitionDescription> described = await load.DescribeAsync();
        Assert.Equal(targets, described.Select(partition => partition.Replicas));

        string drained = await cluster.RunAsync("cluster", "decommission", "3");
        Assert.Contains("broker 3 has no replicas any more", drained, StringComparison.Ordinal);
        described = await load.DescribeAsync();
        Assert.All(described, partition => Assert.Equal([1, 2, 4], partition.Replicas.Order()));
        string status = await cluster.RunAsync("cluster", "status");
        Assert.Contains("is being drained", status, StringComparison.Ordinal);
        await load.EndAsync();
        Assert.All(cluster.Brokers, broker => Assert.False(Directory.Exists(
            Path.Combine(cluster.DataOf(broker.Id), "stray"))));
    }

    [Fact]
    public async Task What_can_not_be_moved_is_refused_with_the_way_out()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync();
        await cluster.RunAsync("topic", "create", Topic, "-p", "1", "-r", "3");

        await RefusesAsync(cluster, "Broker 9 is not registered; the brokers are 1, 2, 3", "-r", "1,2,9");
        await RefusesAsync(cluster, "min.insync.replicas is 2", "-r", "1");
        await RefusesAsync(cluster, "there is nothing to cancel", "--cancel");
        StockClientException full = await Assert.ThrowsAsync<StockClientException>(
            () => cluster.RunAsync("cluster", "decommission", "2"));
        Assert.Contains("start another broker", full.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "drained", await cluster.RunAsync("cluster", "status"), StringComparison.Ordinal);
    }

    private static async Task RefusesAsync(ProcessCluster cluster, string reason, params string[] wish)
    {
        StockClientException refusal = await Assert.ThrowsAsync<StockClientException>(
            () => cluster.RunAsync(["cluster", "reassign", $"{Topic}/0", .. wish]));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<int> MovesAsync(ProcessCluster cluster)
    {
        string json = await cluster.RunAsync("cluster", "reassignments", "--format", "json");
        using JsonDocument moves = JsonDocument.Parse(json);
        return moves.RootElement.GetArrayLength();
    }
}

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
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(4);
        var client = new ConfluentClient(cluster.Bootstrap);
        await BrokerAsync(cluster, "topic", "create", Topic, "-p", "3", "-r", "3");
        var writer = new OrderedWriter(cluster.Bootstrap, Topic, Partitions);
        Task writing = writer.RunAsync();

        int[][] targets = [[4, 1, 2], [2, 3, 4], [3, 4, 1]];
        for (int partition = 0; partition < Partitions; partition++)
        {
            await BrokerAsync(
                cluster, "cluster", "reassign", $"{Topic}/{partition}", "-r", string.Join(',', targets[partition]));
        }

        await cluster.Broker(4).KillAsync();
        cluster.Broker(4).Start();
        await Deadline.UntilAsync("the end of all reassignments", Limit, async () => await MovesAsync(cluster) == 0);
        IReadOnlyList<PartitionDescription> described = await client.DescribeAsync(Topic);
        Assert.Equal(targets, described.Select(partition => partition.Replicas));

        string drained = await BrokerAsync(cluster, "cluster", "decommission", "3");
        Assert.Contains("broker 3 has no replicas any more", drained, StringComparison.Ordinal);
        described = await client.DescribeAsync(Topic);
        Assert.All(described, partition => Assert.Equal([1, 2, 4], partition.Replicas.Order()));
        string status = await BrokerAsync(cluster, "cluster", "status");
        Assert.Contains("is being drained", status, StringComparison.Ordinal);
        writer.End();
        await writing;
        await writer.FindAllAsync(client);

        await Verdict.IsCleanAsync(cluster, Partitions);
        Assert.All(cluster.Brokers, broker => Assert.False(Directory.Exists(
            Path.Combine(cluster.DataOf(broker.Id), "stray"))));
    }

    [Fact]
    public async Task What_can_not_be_moved_is_refused_with_the_way_out()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync();
        await BrokerAsync(cluster, "topic", "create", Topic, "-p", "1", "-r", "3");

        await RefusesAsync(cluster, "Broker 9 is not registered; the brokers are 1, 2, 3", "-r", "1,2,9");
        await RefusesAsync(cluster, "min.insync.replicas is 2", "-r", "1");
        await RefusesAsync(cluster, "there is nothing to cancel", "--cancel");
        StockClientException full = await Assert.ThrowsAsync<StockClientException>(
            () => BrokerAsync(cluster, "cluster", "decommission", "2"));
        Assert.Contains("start another broker", full.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "drained", await BrokerAsync(cluster, "cluster", "status"), StringComparison.Ordinal);
    }

    private static async Task RefusesAsync(ProcessCluster cluster, string reason, params string[] wish)
    {
        StockClientException refusal = await Assert.ThrowsAsync<StockClientException>(
            () => BrokerAsync(cluster, ["cluster", "reassign", $"{Topic}/0", .. wish]));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<int> MovesAsync(ProcessCluster cluster)
    {
        string json = await BrokerAsync(cluster, "cluster", "reassignments", "--format", "json");
        using JsonDocument moves = JsonDocument.Parse(json);
        return moves.RootElement.GetArrayLength();
    }

    private static Task<string> BrokerAsync(ProcessCluster cluster, params string[] arguments) =>
        ChildProcess.RunAsync(Tree.Executable, [.. arguments, "-b", cluster.Bootstrap]);
}

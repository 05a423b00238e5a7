using System.Text.Json.Nodes;
using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary><c>broker cluster raft</c>, asked of real processes that die.</summary>
public sealed class RaftCommandTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_group_is_shown_before_and_after_its_leader_dies_and_when_there_can_be_none()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync();
        await BrokerAsync("topic", "create", "orders", "-p", "1", "-r", "3", "-b", cluster.Bootstrap);
        JsonNode whole = await RaftAsync(cluster.Bootstrap);
        int leader = (int)whole["leader"]!;
        Assert.Equal([1, 2, 3], whole["configuration"]!["voters"]!.AsArray().Select(id => (int)id!));
        Assert.NotNull(whole["elections"]![0]!["reason"]);
        Assert.Equal(3, whole["replicas"]!.AsArray().Count(replica => (bool)replica!["inSync"]!));

        await cluster.Broker(leader).KillAsync();
        string alive = string.Join(',', cluster.Brokers.Where(broker => broker.IsRunning).Select(each => each.Client));
        JsonNode after = whole;
        await Deadline.UntilAsync("another leader", Patience, async () =>
        {
            after = await RaftAsync(alive);
            return after["leader"] is { } next && (int)next != leader;
        });
        Assert.Equal(leader, (int)after["notTold"]![0]!["broker"]!);
        JsonNode election = after["elections"]![0]!;
        Assert.Equal(after["term"]!.ToString(), election["term"]!.ToString());
        Assert.Contains((string)election["reason"]!, new[] { "processGone", "silence" });

        await cluster.Broker((int)after["leader"]!).KillAsync();
        string last = cluster.Brokers.Single(broker => broker.IsRunning).Client;
        await Deadline.UntilAsync("no leader", Patience, async () =>
        {
            try
            {
                await RaftAsync(last);
                return false;
            }
            catch (StockClientException none)
            {
                return none.Message.Contains("no leader is known for orders/0: broker", StringComparison.Ordinal);
            }
        });
    }

    [Fact]
    public async Task What_is_not_there_is_refused_with_what_is()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync();
        await BrokerAsync("topic", "create", "orders", "-p", "2", "-r", "3", "-b", cluster.Bootstrap);
        await RefusesAsync("the partitions of orders are 0 to 1", "orders/2");
        await RefusesAsync("no such topic", "others/0");
        await RefusesAsync("write TOPIC/PARTITION", "orders");

        async Task RefusesAsync(string reason, string partition)
        {
            StockClientException refusal = await Assert.ThrowsAsync<StockClientException>(
                () => BrokerAsync("cluster", "raft", partition, "-b", cluster.Bootstrap));
            Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        }
    }

    private static async Task<JsonNode> RaftAsync(string bootstrap) => JsonNode.Parse(
        await BrokerAsync("cluster", "raft", "orders/0", "--format", "json", "-b", bootstrap))!;

    private static Task<string> BrokerAsync(params string[] arguments) =>
        ChildProcess.RunAsync(Tree.Executable, arguments);
}

using System.Text.Json.Nodes;
using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>
/// One broker's disk after the other loses something while records are written. Each time the cluster makes up for it,
/// nobody does anything, and in the end all that was acknowledged is there, once and in order.
/// </summary>
public sealed class HealingTests
{
    private const string Topic = "healing";
    private const int Partitions = 4;
    private const string Counts = "votes and counts again";
    private const string Quarantined = "is damaged and quarantined";
    private const string Filled = "is filled again, and out of quarantine";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Whatever_one_disk_loses_the_others_make_up_for()
    {
        await using LoadedCluster load = await LoadedCluster.StartAsync(
            ProcessCluster.StartAsync(4, configure: Configure),
            Topic,
            Partitions,
            padding: 400,
            new Dictionary<string, string> { ["retention.ms"] = "-1", ["segment.bytes"] = "1048576" });

        await FillAndWipeAsync(load);
        await FlipBitsAsync(load);
        await CutOffAsync(load);
        await LoseVotesAsync(load);
        await KillAllAsync(load);
        await load.EndAsync();
    }

    private static void Configure(JsonObject configuration)
    {
        configuration["log.scrub.interval.ms"] = 1000;
        configuration["disk.reserve.bytes"] = 4 << 20;
        configuration["leader.rebalance.delay.ms"] = 500;
    }

    // Broker 4 is no voter of the metadata group: it loses its directory to a small disk, which is filled and emptied,
    // and which it loses with its next death.
    private static async Task FillAndWipeAsync(LoadedCluster load)
    {
        ProcessCluster cluster = load.Processes;
        BrokerProcess four = cluster.Broker(4);
        string data = cluster.DataOf(4);
        int before = await DieAsync(four);
        Directory.Delete(data, recursive: true);
        four.Start(SmallDisk.Wrap(data, mebibytes: 128));
        await cluster.WaitUntilReadyAsync();
        await SaysAsync(four, before, Counts, Replicas(4, await load.DescribeAsync()));
        Assert.False(Directory.Exists(Path.Combine(data, "topics")));
        await load.LeadsAsync(4, leads: true);

        SmallDisk.Fill(four, data);
        await load.LeadsAsync(4, leads: false);
        await load.TakesAsync(100);
        SmallDisk.Empty(four, data);
        await load.LeadsAsync(4, leads: true);

        before = await DieAsync(four);
        four.Start();
        await cluster.WaitUntilReadyAsync();
        await SaysAsync(four, before, Counts, Replicas(4, await load.DescribeAsync()));
        await load.HealthyAsync();
    }

    private static async Task FlipBitsAsync(LoadedCluster load)
    {
        ProcessCluster cluster = load.Processes;
        BrokerProcess two = cluster.Broker(2);
        int before = await StopAsync(two);
        IReadOnlyList<string> replicas = ReplicaFiles.Replicas(cluster.DataOf(2));
        ReplicaFiles.FlipMiddle(ReplicaFiles.Segments(replicas[0])[0]);
        ReplicaFiles.FlipFirstFrame(replicas[1]);
        ReplicaFiles.FlipHeader(replicas[2]);
        foreach (string help in replicas.SelectMany(ReplicaFiles.Helps))
            ReplicaFiles.FlipMiddle(help);

        two.Start();
        await cluster.WaitUntilReadyAsync();
        await SaysAsync(two, before, Quarantined, 3);
        await SaysAsync(two, before, Filled, 3);
        await load.HealthyAsync();
        Assert.True(ReplicaFiles.SetAside(cluster.DataOf(2)) >= 3);
    }

    private static async Task CutOffAsync(LoadedCluster load)
    {
        ProcessCluster cluster = load.Processes;
        BrokerProcess one = cluster.Broker(1);
        int before = await StopAsync(one);
        IReadOnlyList<string> replicas = ReplicaFiles.Replicas(cluster.DataOf(1));
        ReplicaFiles.CutInHalf(ReplicaFiles.Segments(replicas[0])[0]);
        ReplicaFiles.CutInHalf(ReplicaFiles.Segments(replicas[1])[^1]);
        ReplicaFiles.Tear(replicas[2]);
        one.Start();
        await cluster.WaitUntilReadyAsync();
        await SaysAsync(one, before, Filled, 2);
        await SaysAsync(one, before, "Cut a torn tail", 1);
        Assert.Equal(2, Count(one, before, Quarantined));
        await load.HealthyAsync();
    }

    // A voter of the metadata group, which keeps its votes elsewhere: it goes on voting there.
    private static async Task LoseVotesAsync(LoadedCluster load)
    {
        ProcessCluster cluster = load.Processes;
        BrokerProcess three = cluster.Broker(3);
        int before = await DieAsync(three);
        int replicas = ReplicaFiles.Replicas(cluster.DataOf(3)).Count;
        Directory.Delete(Path.Combine(cluster.DataOf(3), "votes"), recursive: true);
        three.Start();
        await cluster.WaitUntilReadyAsync();
        await SaysAsync(three, before, "Votes are lost", 1);
        await SaysAsync(three, before, Counts, replicas);
        await load.HealthyAsync();
        Assert.Equal(0, Count(three, before, Quarantined));
        string listed = await cluster.RunAsync("cluster", "voters", "list", "--format", "json");
        Assert.NotNull(JsonNode.Parse(listed)!["voters"]!.AsArray()[2]!["logEnd"]);
    }

    // Brokers 3 and 4 both forgot votes. Groups have taken them in since, and know that after a start: else partitions
    // with replicas on both would have no leader ever again.
    private static async Task KillAllAsync(LoadedCluster load)
    {
        ProcessCluster cluster = load.Processes;
        foreach (BrokerProcess broker in cluster.Brokers)
            await broker.KillAsync();
        foreach (BrokerProcess broker in cluster.Brokers)
            broker.Start();
        await cluster.WaitUntilReadyAsync();
        await load.HealthyAsync();
    }

    private static async Task<int> DieAsync(BrokerProcess broker)
    {
        await broker.KillAsync();
        return broker.Printed.Length;
    }

    // In order, so that all that is flushed is marked so.
    private static async Task<int> StopAsync(BrokerProcess broker)
    {
        await broker.StopAsync();
        return broker.Printed.Length;
    }

    private static Task SaysAsync(BrokerProcess broker, int from, string what, int times) => Deadline.UntilAsync(
        $"broker {broker.Id} to say {times} times: {what}",
        Patience,
        () => Task.FromResult(Count(broker, from, what) >= times));

    private static int Count(BrokerProcess broker, int from, string what) =>
        broker.Printed[from..].Split(what).Length - 1;

    private static int Replicas(int broker, IEnumerable<PartitionDescription> partitions) =>
        partitions.Count(partition => partition.Replicas.Contains(broker));
}

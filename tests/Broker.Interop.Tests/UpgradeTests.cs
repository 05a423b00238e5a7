using System.Text.Json.Nodes;
using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>
/// The executable of the release before this one and this one's run in one cluster, while records are written; what
/// the older one could not read appears only when the feature level was raised.
/// </summary>
public sealed class UpgradeTests
{
    private const string Topic = "upgraded";
    private const int Partitions = 3;
    private const int OldestLevel = 1;
    private const string FoundingLevel = "metadata.founding.level";
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Two_adjacent_versions_are_one_cluster_until_the_level_is_raised()
    {
        string before = (await ChildProcess.RunAsync(
            Path.Combine(Tree.Scripts, "previous-release"), [], "", BuildLimit)).Trim();
        string old = Path.Combine(before, "src", "Broker.Cli", "bin", "Release", "net10.0", "broker");
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(
            executable: old, configure: configuration => FoundAtOldestLevel(configuration, before));
        var client = new ConfluentClient(cluster.Bootstrap);
        await cluster.RunAsync("topic", "create", Topic, "-p", $"{Partitions}", "-r", "3");
        var writer = new SteadyWriter(client, Topic, Partitions);
        Task writing = writer.RunAsync();

        // Until the level is raised there is a way back.
        await RestartAsync(cluster, 1, Tree.Executable);
        await RestartAsync(cluster, 1, old);
        await RestartAsync(cluster, 1, Tree.Executable);
        await CheckMixedAsync(cluster);
        await RestartAsync(cluster, 2, Tree.Executable);
        await cluster.Broker(1).KillAsync();
        await StartAsync(cluster, 1, Tree.Executable);
        await CheckMixedAsync(cluster);
        await RestartAsync(cluster, 3, Tree.Executable);

        await FinalizeAsync(cluster);
        await cluster.RunAsync("cluster", "reassign", $"{Topic}/0", "-r", "3,2,1");
        writer.End();
        await writing;
        await writer.FindAllAsync();
        await Verdict.IsCleanAsync(cluster, Partitions);
    }

    // A release that does not know the setting yet founds at the newest level that it knows.
    private static void FoundAtOldestLevel(JsonObject configuration, string release)
    {
        string known = File.ReadAllText(Path.Combine(release, "docs", "configuration.md"));
        if (known.Contains(FoundingLevel, StringComparison.Ordinal))
            configuration[FoundingLevel] = OldestLevel;
    }

    private static async Task RestartAsync(ProcessCluster cluster, int id, string executable)
    {
        await cluster.Broker(id).StopAsync();
        await StartAsync(cluster, id, executable);
    }

    private static async Task StartAsync(ProcessCluster cluster, int id, string executable)
    {
        cluster.Broker(id).Start(executable);
        await cluster.WaitUntilReadyAsync();
        await cluster.RunAsync("cluster", "health", "--watch");
    }

    /// <summary>While versions are mixed: what needs a newer level, and raising it too early, are refused.</summary>
    private static async Task CheckMixedAsync(ProcessCluster cluster)
    {
        (int? level, int?[] newest) = await FeaturesAsync(cluster);
        if (level == OldestLevel)
        {
            string refused = await RefusedAsync(cluster, "cluster", "reassign", $"{Topic}/1", "-r", "1,2");
            Assert.Contains("run `broker cluster finalize`", refused, StringComparison.Ordinal);
        }

        if (newest.Min() == level && newest.Max() > level)
        {
            string held = await RefusedAsync(cluster, "cluster", "finalize");
            Assert.Contains("broker 3 supports feature levels", held, StringComparison.Ordinal);
        }
    }

    private static async Task FinalizeAsync(ProcessCluster cluster)
    {
        (_, int?[] newest) = await FeaturesAsync(cluster);
        int? expected = Assert.Single(newest.Distinct());
        for (int i = 0; i < 2; i++)
            await cluster.RunAsync("cluster", "finalize");
        Assert.Equal(expected, (await FeaturesAsync(cluster)).Level);
    }

    private static async Task<(int? Level, int?[] Newest)> FeaturesAsync(ProcessCluster cluster)
    {
        JsonNode features = JsonNode.Parse(await cluster.RunAsync("cluster", "features", "--format", "json"))!;
        JsonArray brokers = features["brokers"]!.AsArray();
        Assert.Equal(3, brokers.Count);
        return ((int?)features["level"], [.. brokers.Select(broker => (int?)broker!["newest"])]);
    }

    private static async Task<string> RefusedAsync(ProcessCluster cluster, params string[] arguments) =>
        (await Assert.ThrowsAsync<StockClientException>(() => cluster.RunAsync(arguments))).Message;
}

using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Clusters;
using Xunit;

namespace Broker.Simulation.Tests.Worlds.Clusters;

/// <summary>
/// A fixed range of clusters of whole brokers. <c>scripts/simulate --world cluster SEED --trace</c> tells the story of
/// one that fails.
/// </summary>
public sealed class ClusterSeedTests
{
    private const int Seeds = 60;
    private const int PerTest = 10;

    public static TheoryData<int> Firsts => [.. Enumerable.Range(0, Seeds / PerTest).Select(i => 1 + (i * PerTest))];

    [Theory]
    [MemberData(nameof(Firsts))]
    public void Clusters_keep_every_promise_from_seed(int first) => TrySeeds(first, WorldOptions.Default);

    [Theory]
    [MemberData(nameof(Firsts))]
    public void Replicas_move_and_every_promise_is_kept_from_seed(int first) => TrySeeds(first, WorldOptions.Moving);

    [Theory]
    [MemberData(nameof(Firsts))]
    public void Replicas_of_a_lost_broker_are_rebuilt_and_every_promise_is_kept_from_seed(int first) =>
        TrySeeds(first, WorldOptions.Gone);

    [Theory]
    [InlineData(1)]
    [InlineData(1 + PerTest)]
    [InlineData(1 + (2 * PerTest))]
    public void Brokers_are_drained_and_every_promise_is_kept_from_seed(int first) =>
        TrySeeds(first, WorldOptions.Draining);

    [Theory]
    [InlineData(1)]
    [InlineData(1 + PerTest)]
    public void Disks_lose_what_they_had_and_every_promise_is_kept_from_seed(int first) =>
        TrySeeds(first, WorldOptions.Losing);

    [Theory]
    [InlineData(1)]
    [InlineData(1 + PerTest)]
    [InlineData(1 + (2 * PerTest))]
    public void Offsets_are_committed_and_never_fetched_older_from_seed(int first) =>
        TrySeeds(first, WorldOptions.Committing);

    [Theory]
    [InlineData(1)]
    [InlineData(1 + PerTest)]
    [InlineData(1 + (2 * PerTest))]
    public void Configs_are_changed_and_no_answered_change_is_denied_from_seed(int first) =>
        TrySeeds(first, WorldOptions.Configuring);

    [Theory]
    [InlineData(1)]
    [InlineData(1 + PerTest)]
    [InlineData(1 + (2 * PerTest))]
    public void Transactions_are_visible_whole_or_not_at_all_from_seed(int first) =>
        TrySeeds(first, WorldOptions.Transacting);

    [Fact]
    public void Without_faults_five_brokers_do_all_that_clients_ask()
    {
        var world = new ClusterWorld(1, WorldOptions.Default with { HasNemesis = false, Brokers = 5 });

        Assert.Null(world.Run());
        Assert.True(world.Acknowledged > 100, $"only {world.Acknowledged} batches were acknowledged");
    }

    private static void TrySeeds(int first, WorldOptions options)
    {
        for (int seed = first; seed < first + PerTest; seed++)
        {
            string? finding = new ClusterWorld(seed, options).Run();
            Assert.True(finding is null, $"seed {seed}: {finding}");
        }
    }
}

using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Replicas;
using Xunit;

namespace Broker.Simulation.Tests.Worlds.Replicas;

/// <summary>A fixed range of worlds. <c>scripts/simulate SEED --trace</c> tells the story of one that fails.</summary>
public sealed class ReplicaSeedTests
{
    private const int Seeds = 200;
    private const int PerTest = 25;

    public static TheoryData<int> Firsts => [.. Enumerable.Range(0, Seeds / PerTest).Select(i => 1 + (i * PerTest))];

    [Theory]
    [MemberData(nameof(Firsts))]
    public void Worlds_keep_every_promise_from_seed(int first)
    {
        for (int seed = first; seed < first + PerTest; seed++)
        {
            string? finding = new ReplicaWorld(seed, WorldOptions.Default).Run();
            Assert.True(finding is null, $"seed {seed}: {finding}");
        }
    }

    /// <summary>Beyond those among the seeds above; and in every one of them something is lost (LossTrial).</summary>
    [Fact]
    public void Relaxed_groups_lose_only_what_no_voter_has_left()
    {
        for (int seed = 1; seed <= 2 * PerTest; seed++)
        {
            var world = new ReplicaWorld(seed, WorldOptions.Relaxed);
            string? finding = world.Run();
            Assert.True(finding is null, $"seed {seed}: {finding}");
            Assert.True(world.Groups.Sum(group => group.Lost) > 0, $"seed {seed}: nothing is lost");
        }
    }
}

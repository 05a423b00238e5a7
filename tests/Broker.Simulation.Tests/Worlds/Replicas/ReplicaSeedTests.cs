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
}

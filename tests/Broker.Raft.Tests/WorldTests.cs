using Broker.Raft.Tests.Worlds;
using Xunit;

namespace Broker.Raft.Tests;

public sealed class WorldTests
{
    private const int Seeds = 600;

    [Fact]
    public void Every_invariant_holds_in_bad_worlds_and_progress_returns()
    {
        int first = int.TryParse(Environment.GetEnvironmentVariable("RAFT_FIRST_SEED"), out int seed) ? seed : 1;
        int count = int.TryParse(Environment.GetEnvironmentVariable("RAFT_SEEDS"), out int seeds) ? seeds : Seeds;
        for (int i = first; i < first + count; i++)
        {
            if (SeedRun.Try(i) is not null)
                Assert.Fail(SeedRun.Explain(i));
        }
    }
}

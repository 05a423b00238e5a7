using DotNext.Net.Cluster.Consensus.Raft;
using Xunit;

namespace Broker.MetadataQuorum.Tests;

public sealed class SnapshotSenderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("snapshot-sender-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(HeartbeatResult.ReplicatedWithLeaderTerm, HeartbeatResult.Replicated)]
    [InlineData(HeartbeatResult.Replicated, HeartbeatResult.Replicated)]
    [InlineData(HeartbeatResult.Rejected, HeartbeatResult.Rejected)]
    public async Task Who_took_a_snapshot_is_not_counted_for_what_comes_behind_it(
        HeartbeatResult answer, HeartbeatResult counted)
    {
        await using var log = new TestLog(Path.Combine(_root, "log"), entriesPerSnapshot: 4);
        await log.BeginTermAsync(1);
        for (int i = 0; i < 6; i++)
            await log.LeadAsync(1);
        await log.CommitAsync(5);
        await log.AppliedAsync(5);

        Assert.Equal(counted, await log.SendAsync(1, answer));
        Assert.Equal(answer, await log.SendAsync(5, answer));
    }
}

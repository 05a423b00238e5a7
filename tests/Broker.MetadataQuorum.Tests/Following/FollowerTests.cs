using Broker.Metadata;
using Broker.Model;
using Xunit;

namespace Broker.MetadataQuorum.Tests;

public sealed class FollowerTests
{
    [Fact]
    public async Task A_broker_without_a_vote_sees_every_entry_in_order()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        TestBroker follower = quorum.Start(4);
        for (int i = 0; i < 50; i++)
            await quorum.CommitAsync(Records.Block(i));
        await quorum.UntilAsync(() => follower.IsOpen && follower.Quorum.Image.NextProducerId == 500);
        Assert.False(follower.Quorum.IsVoter);
        Assert.Equal(quorum[1].Quorum.Image.ClusterId, follower.Quorum.Image.ClusterId);
        TestBroker leader = await quorum.LeaderAsync();
        await quorum.UntilAsync(() => follower.Quorum.Leadership == leader.Quorum.Leadership);
        Assert.Equal(
            ImageCodec.Encode(leader.Quorum.Image), ImageCodec.Encode(follower.Quorum.Image));
    }

    [Fact]
    public async Task A_follower_far_behind_gets_the_image_and_goes_on_from_there()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(
            3, options => options with { FollowedBytes = 200, EntriesPerSnapshot = 10 });
        for (int i = 0; i < 40; i++)
            await quorum.CommitAsync(Records.Block(i));
        TestBroker follower = quorum.Start(4);
        await quorum.UntilAsync(() => follower.IsOpen && follower.Quorum.Image.NextProducerId == 400);
        Assert.True(follower.AppliedEntries < 40);
        await quorum.CommitAsync(Records.Block(40));
        await quorum.UntilAsync(() => follower.Quorum.Image.NextProducerId == 410);
    }

    [Fact]
    public async Task A_follower_finds_the_new_leader_and_misses_nothing()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(3);
        TestBroker follower = quorum.Start(4);
        await quorum.CommitAsync(Records.Numbered(1));
        await quorum.UntilAsync(() => follower.IsOpen && Records.Number(follower.Quorum.Image) == 1);
        await (await quorum.LeaderAsync()).KillAsync();
        await quorum.CommitAsync(Records.Numbered(2));
        await quorum.UntilAsync(() => Records.Number(follower.Quorum.Image) == 2);
        TestBroker leader = await quorum.LeaderAsync();
        await quorum.UntilAsync(() => follower.Quorum.Leadership.Leader == leader.Id);
        await follower.Quorum.BarrierAsync(quorum.Token);
    }
}

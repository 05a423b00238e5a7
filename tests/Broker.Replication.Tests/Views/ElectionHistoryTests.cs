using Broker.Model;
using Broker.Raft;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Broker.Replication.Tests.Views;

public sealed class ElectionHistoryTests
{
    private static readonly PartitionId One = new(new TopicId(new Guid(1, 0, 0, new byte[8])), 0);
    private static readonly PartitionId Other = One with { Index = 1 };

    [Fact]
    public void The_latest_come_first_and_each_partition_sees_its_own()
    {
        var time = new FakeTimeProvider();
        var history = new ElectionHistory(time);
        history.Add(One, new Term(1), new BrokerId(1), CampaignReason.Asked);
        history.Add(Other, new Term(1), new BrokerId(2), CampaignReason.None);
        time.Advance(TimeSpan.FromSeconds(1));
        history.Add(One, new Term(2), new BrokerId(3), CampaignReason.Silence);
        Assert.Equal([2, 1], history.Of(One, 10).Select(record => record.Term.Value));
        Assert.Equal(time.GetUtcNow(), history.Of(One, 1).Single().At);
        Assert.Equal(new BrokerId(2), history.Of(Other, 10).Single().Leader);
    }

    [Fact]
    public void The_oldest_go_first_when_it_is_full()
    {
        var history = new ElectionHistory(new FakeTimeProvider());
        for (int term = 1; term <= ElectionHistory.Capacity + 5; term++)
            history.Add(One, new Term(term), new BrokerId(1), CampaignReason.Silence);
        Assert.Equal(
            Enumerable.Range(6, ElectionHistory.Capacity).Reverse(),
            history.Of(One, int.MaxValue).Select(record => record.Term.Value));
    }
}

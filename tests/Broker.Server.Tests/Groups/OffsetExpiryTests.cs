using Broker.Model;
using Broker.Server.Groups;
using Broker.Server.Groups.Log;
using Broker.Server.Groups.State;
using Xunit;

namespace Broker.Server.Tests.Groups;

public sealed class OffsetExpiryTests
{
    private readonly GroupTable _table = new();

    [Fact]
    public void An_offset_goes_when_its_group_has_been_without_it_and_without_members_for_so_long()
    {
        Commit("simple", 0, at: 10);
        Commit("simple", 1, at: 30);
        Empty("left", since: 30);
        Commit("left", 0, at: 10);
        Empty("gone", since: 15);
        Commit("gone", 0, at: 10);
        Commit("live", 0, at: 10);

        IReadOnlyList<GroupRecord> gone = OffsetExpiry.Of(_table, group => group == "live", before: 20, now: 40);

        Assert.Equal(
            [
                new OffsetRecord("gone", Orders(0), null),
                new GroupMetadataRecord("gone", null),
                new OffsetRecord("simple", Orders(0), null),
            ],
            gone);
    }

    [Fact]
    public void An_offset_with_an_end_of_its_own_goes_then()
    {
        _table.Apply(new OffsetRecord("g", Orders(0), new CommittedOffset(1, -1, "", 10, 50)));
        Assert.Empty(OffsetExpiry.Of(_table, _ => false, before: 20, now: 49));
        Assert.Single(OffsetExpiry.Of(_table, _ => false, before: 5, now: 51));
    }

    [Fact]
    public void Offsets_of_a_topic_that_is_gone_go_with_it()
    {
        Commit("g", 0, at: 10);
        _table.Apply(new OffsetRecord("g", new TopicPartition("kept", 0), new CommittedOffset(1, -1, "", 10)));
        Assert.Equal(
            [new OffsetRecord("g", Orders(0), null)], OffsetExpiry.Of(_table, topic => topic == "orders"));
    }

    private static TopicPartition Orders(int partition) => new("orders", partition);

    private void Commit(string group, int partition, long at) =>
        _table.Apply(new OffsetRecord(group, Orders(partition), new CommittedOffset(1, -1, "", at)));

    private void Empty(string group, long since) => _table.Apply(new GroupMetadataRecord(
        group, new StoredGroup(new(group, 1, "consumer", null, null, []), since)));
}

using Broker.Model;
using Broker.Protocol;
using Broker.Server.Groups.Classic;
using Broker.Server.Groups.Log;
using Xunit;

namespace Broker.Server.Tests.Groups.Log;

public sealed class GroupRecordCodecTests
{
    [Fact]
    public void An_offset_looks_as_Kafka_s_tools_expect_it()
    {
        var record = new OffsetRecord("g", new TopicPartition("t", 2), new CommittedOffset(10, 3, "m", 0x0102));

        (byte[] key, byte[]? value) = GroupRecordCodec.Encode(record);

        Assert.Equal("0001" + "000167" + "000174" + "00000002", Convert.ToHexString(key));
        Assert.Equal(
            "0003" + "000000000000000A" + "00000003" + "00016D" + "0000000000000102", Convert.ToHexString(value!));
        Assert.Equal(record, GroupRecordCodec.Decode(key, value!));
    }

    [Fact]
    public void An_offset_that_is_gone_has_no_value()
    {
        var record = new OffsetRecord("g", new TopicPartition("t", 2), null);
        (byte[] key, byte[]? value) = GroupRecordCodec.Encode(record);
        Assert.Null(value);
        Assert.Equal(record, GroupRecordCodec.Decode(key, null));
    }

    [Fact]
    public void An_offset_with_an_end_of_its_own_keeps_it()
    {
        var record = new OffsetRecord("g", new TopicPartition("t", 2), new CommittedOffset(10, -1, "m", 5, 77));
        (byte[] key, byte[]? value) = GroupRecordCodec.Encode(record);
        Assert.Equal(record, GroupRecordCodec.Decode(key, value!));
    }

    [Theory]
    [InlineData("0000" + "0000000000000007" + "00016D" + "0000000000000009", 7, -1, 9, -1)]
    [InlineData("0001" + "0000000000000007" + "0000" + "0000000000000009" + "000000000000000B", 7, -1, 9, 11)]
    [InlineData("0002" + "0000000000000007" + "0000" + "0000000000000009", 7, -1, 9, -1)]
    [InlineData("0004" + "0000000000000007" + "00000002" + "02" + "6D" + "0000000000000009" + "00", 7, 2, 9, -1)]
    public void Every_version_of_an_offset_is_read(string value, long offset, int epoch, long committed, long expires)
    {
        byte[] key = Convert.FromHexString("0000" + "000167" + "000174" + "00000002");
        var record = (OffsetRecord?)GroupRecordCodec.Decode(key, Convert.FromHexString(value));
        CommittedOffset found = record!.Offset!;
        Assert.Equal(
            (offset, epoch, committed, expires),
            (found.Offset, found.LeaderEpoch, found.CommitTimestamp, found.ExpireTimestamp));
    }

    [Fact]
    public void A_group_s_metadata_comes_back_as_it_went()
    {
        var member = new MemberMetadata
        {
            MemberId = "m-1",
            InstanceId = "i-1",
            ClientId = "c",
            ClientHost = "/127.0.0.1",
            RebalanceTimeout = TimeSpan.FromMinutes(5),
            SessionTimeout = TimeSpan.FromSeconds(45),
            Subscription = new byte[] { 1, 2 },
            Assignment = new byte[] { 3 },
        };
        var stored = new StoredGroup(new GroupMetadata("g", 4, "consumer", "range", "m-1", [member]), 99);

        (byte[] key, byte[]? value) = GroupRecordCodec.Encode(new GroupMetadataRecord("g", stored));
        var back = (GroupMetadataRecord?)GroupRecordCodec.Decode(key, value!);

        Assert.Equal("0002" + "000167", Convert.ToHexString(key));
        Assert.Equal("0003", Convert.ToHexString(value![..2]));
        Assert.Equal(
            ("g", 4, "consumer", "range", "m-1"),
            (back!.Group, back.Stored!.Metadata.Generation, back.Stored.Metadata.ProtocolType,
                back.Stored.Metadata.ProtocolName, back.Stored.Metadata.LeaderId));
        MemberMetadata found = Assert.Single(back.Stored.Metadata.Members);
        Assert.Equal([1, 2], found.Subscription.ToArray());
        Assert.Equal([3], found.Assignment.ToArray());
        Assert.Equal(member, found with { Subscription = member.Subscription, Assignment = member.Assignment });
        Assert.Equal(99, back.Stored.Since);
    }

    [Fact]
    public void A_group_without_members_keeps_its_generation()
    {
        var stored = new StoredGroup(new GroupMetadata("g", 4, null, null, null, []), 99);
        (byte[] key, byte[]? value) = GroupRecordCodec.Encode(new GroupMetadataRecord("g", stored));
        var back = (GroupMetadataRecord?)GroupRecordCodec.Decode(key, value!);
        Assert.Equal(4, back!.Stored!.Metadata.Generation);
        Assert.Null(back.Stored.Metadata.ProtocolType);
        Assert.Null(back.Stored.Metadata.LeaderId);
    }

    [Theory]
    [InlineData("0003" + "000167")]
    [InlineData("000F")]
    public void A_key_of_a_kind_that_is_not_known_means_nothing(string key) =>
        Assert.Null(GroupRecordCodec.Decode(Convert.FromHexString(key), new byte[] { 0, 1 }));

    [Theory]
    [InlineData("00")]
    [InlineData("0001" + "0005")]
    public void A_malformed_key_is_told(string key) =>
        Assert.Throws<ProtocolException>(() => GroupRecordCodec.Decode(Convert.FromHexString(key), null));
}

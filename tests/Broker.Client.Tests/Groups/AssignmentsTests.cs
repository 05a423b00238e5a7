using Broker.Client.Groups;
using Broker.Model;
using Xunit;

namespace Broker.Client.Tests.Groups;

public sealed class AssignmentsTests
{
    // Version, one topic, its name, two partitions, no user data.
    private const string Work = "0000" + "00000001" + "0004" + "776F726B" + "00000002" + "00000003" + "00000001";

    [Theory]
    [InlineData(Work + "FFFFFFFF")]
    [InlineData(Work + "00000002" + "ABCD")]
    [InlineData("0009" + "00000001" + "0004" + "776F726B" + "00000002" + "00000003" + "00000001" + "FFFFFFFF" + "42")]
    public void Partitions_are_read_from_this_and_from_later_versions(string bytes) => Assert.Equal(
        [new TopicPartition("work", 1), new TopicPartition("work", 3)],
        Assignments.Read("consumer", Convert.FromHexString(bytes)));

    [Fact]
    public void A_member_that_waits_for_its_part_has_none() => Assert.Empty(Assignments.Read("consumer", default)!);

    [Theory]
    [InlineData("consumer", "0000" + "00000001" + "0004" + "77")]
    [InlineData("consumer", "FFFF" + "00000000" + "FFFFFFFF")]
    [InlineData("consumer", "00")]
    [InlineData("connect", Work + "FFFFFFFF")]
    public void What_is_written_in_another_way_is_not_guessed(string protocolType, string bytes) =>
        Assert.Null(Assignments.Read(protocolType, Convert.FromHexString(bytes)));
}

using Broker.Model;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Model.Tests;

public sealed class KafkaUuidTests
{
    [Property]
    public void What_is_formatted_is_read_back(Guid value)
    {
        Assert.True(KafkaUuid.TryParse(KafkaUuid.Format(value), out Guid back));
        Assert.Equal(value, back);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_not_a_uuid_is_refused(string text) => Assert.False(KafkaUuid.TryParse(text, out _));

    [Fact]
    public void The_metadata_topics_id_reads_as_kafka_prints_it() =>
        Assert.Equal("AAAAAAAAAAAAAAAAAAAAAQ", KafkaUuid.Format(new Guid("00000000-0000-0000-0000-000000000001")));
}

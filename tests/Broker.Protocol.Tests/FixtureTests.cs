using System.Reflection;
using System.Text;
using Broker.Protocol.Compression;
using Broker.Protocol.Messages;
using Broker.Protocol.Records;
using Xunit;

namespace Broker.Protocol.Tests;

/// <summary>
/// What stock clients really sent, recorded by scripts/record-fixtures. Nobody here wrote these bytes.
/// </summary>
public sealed class FixtureTests
{
    private static readonly Assembly Own = typeof(FixtureTests).Assembly;

    public static TheoryData<string> Recorded =>
        [.. Own.GetManifestResourceNames().Where(name => name.EndsWith(".bin", StringComparison.Ordinal)).Order()];

    [Theory]
    [MemberData(nameof(Recorded))]
    public void A_recorded_request_is_read_to_its_end_and_written_back_as_it_was(string fixture)
    {
        byte[] frame = Load(fixture);
        (RequestHeader header, IRequest request) = Read(frame);
        Assert.Contains($"_{header.ApiKey}_v{header.ApiVersion}", fixture, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(header.ClientId));

        using var writer = new ProtocolWriter();
        Frame.WriteRequest(writer, header, request);
        Assert.Equal(Convert.ToHexString(frame), Convert.ToHexString(writer.ToArray()[4..]));
    }

    [Fact]
    public void Every_client_was_heard_on_the_apis_that_it_needs()
    {
        ILookup<string, ApiKey> heard = Recorded.Select(row => row.Data)
            .ToLookup(name => name[..name.IndexOf('/')], name => Read(Load(name)).Header.ApiKey);
        HashSet<ApiKey> needed = [ApiKey.ApiVersions, ApiKey.Metadata, ApiKey.Produce, ApiKey.ListOffsets];
        Assert.Equal(6, heard.Count);
        Assert.All(heard, client => Assert.Superset(needed, client.ToHashSet()));
        Assert.Equal(5, heard.Count(client => client.Contains(ApiKey.Fetch)));
        Assert.Equal(5, heard.Count(client => client.Contains(ApiKey.InitProducerId)));
        Assert.Equal(5, heard.Count(client => client.Contains(ApiKey.CreateTopics)));
    }

    [Fact]
    public void Their_batches_are_accepted_and_their_records_read_with_every_codec()
    {
        var rules = new BatchRules(1 << 20, OpenCompressed: true);
        var codecs = new HashSet<CompressionType>();
        using var reader = new RecordBatchReader();
        foreach (string fixture in Recorded.Select(row => row.Data))
        {
            if (Read(Load(fixture)).Request is not ProduceRequest request)
                continue;
            foreach (ProduceRequest.TopicProduceData topic in request.TopicData)
            {
                Assert.Equal("fixtures", topic.Name);
                foreach (ProduceRequest.PartitionProduceData partition in topic.PartitionData)
                {
                    BatchVerdict verdict = RecordBatchValidator.Validate(partition.Records.Memory, rules);
                    Assert.True(verdict.IsValid, $"{fixture}: {verdict.Message}");
                    codecs.Add(verdict.Header.Attributes.Compression);
                    reader.Open(partition.Records.Memory);
                    AssertRecords(reader);
                }
            }
        }

        Assert.Equal(5, codecs.Count);
    }

    [Fact]
    public void What_they_asked_for_is_what_is_read()
    {
        var create = (CreateTopicsRequest)Read(Load("kafkajs/19_CreateTopics_v3.bin")).Request;
        Assert.Equal(["fixtures", "gone"], create.Topics.Select(topic => topic.Name));
        Assert.Equal("1000", create.Topics[0].Configs.Single(config => config.Name == "retention.ms").Value);
        Assert.Equal([1], create.Topics[1].Assignments[0].BrokerIds.Select(id => id.Value));

        var fetch = (FetchRequest)Read(Load("platformatic-kafka/01_Fetch_v16.bin")).Request;
        Assert.False(fetch.Topics[0].TopicId.IsEmpty);
        FetchRequest.FetchPartition partition = fetch.Topics[0].Partitions[0];
        Assert.Equal((3, 0L), (partition.CurrentLeaderEpoch, partition.FetchOffset));

        var versions = (ApiVersionsRequest)Read(Load("confluent-kafka-python/18_ApiVersions_v3.bin")).Request;
        Assert.Equal("confluent-kafka-python", versions.ClientSoftwareName);
        var times = (ListOffsetsRequest)Read(Load("kafka-python/02_ListOffsets_v1_2.bin")).Request;
        Assert.Equal("fixtures", times.Topics[0].Name);
    }

    private static void AssertRecords(RecordBatchReader reader)
    {
        int count = 0;
        while (reader.TryRead(out RecordView record))
        {
            count++;
            string key = Encoding.UTF8.GetString(record.Key);
            Assert.True(!record.HasKey || key == "tombstone" || key.StartsWith("key-", StringComparison.Ordinal), key);
            Assert.Equal(key == "tombstone", !record.HasValue);
            foreach (RecordHeaderView header in record.Headers)
                Assert.Contains(Encoding.UTF8.GetString(header.Key), (string[])["trace", "origin", "none"]);
        }

        Assert.Equal(reader.Header.RecordCount, count);
    }

    private static (RequestHeader Header, IRequest Request) Read(byte[] frame)
    {
        var reader = new ProtocolReader(frame);
        RequestHeader header = RequestHeader.Read(ref reader);
        IRequest request = header.Api!.NewRequest();
        request.Read(ref reader, header.ApiVersion);
        reader.ExpectEnd();
        return (header, request);
    }

    private static byte[] Load(string fixture)
    {
        using Stream stream = Own.GetManifestResourceStream(fixture)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

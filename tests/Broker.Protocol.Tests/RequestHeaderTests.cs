using Broker.Protocol.Messages;
using Xunit;

namespace Broker.Protocol.Tests;

public sealed class RequestHeaderTests
{
    [Fact]
    public void The_client_id_keeps_its_old_form_in_the_flexible_header()
    {
        using var writer = new ProtocolWriter();
        RequestHeader.For(ApiKey.Metadata, 9, 5, "abc").Write(writer);
        Assert.Equal("0003" + "0009" + "00000005" + "0003616263" + "00", Convert.ToHexString(writer.ToArray()));
        writer.Reset();
        RequestHeader.For(ApiKey.Metadata, 8, 5, null).Write(writer);
        Assert.Equal("0003" + "0008" + "00000005" + "FFFF", Convert.ToHexString(writer.ToArray()));
    }

    [Fact]
    public void An_unknown_version_of_ApiVersions_still_says_who_asks()
    {
        byte[] frame = Convert.FromHexString("0012" + "0063" + "00000007" + "0003616263" + "00" + "DEADBEEF");
        var reader = new ProtocolReader(frame);
        RequestHeader header = RequestHeader.Read(ref reader);
        Assert.Equal((ApiKey.ApiVersions, 99), (header.ApiKey, header.ApiVersion));
        Assert.Equal((7, "abc"), (header.CorrelationId, header.ClientId));
        Assert.False(header.CanRead);
    }

    [Fact]
    public void Of_an_unknown_api_the_number_is_known_and_no_more()
    {
        byte[] frame = Convert.FromHexString("7FFF" + "0000" + "00000007" + "FF");
        var reader = new ProtocolReader(frame);
        RequestHeader header = RequestHeader.Read(ref reader);
        Assert.Equal((7, null), (header.CorrelationId, header.Api));
        Assert.False(header.CanRead);
    }

    [Fact]
    public void The_answer_to_an_unknown_version_of_ApiVersions_has_the_oldest_form()
    {
        using var writer = new ProtocolWriter();
        var response = new ApiVersionsResponse { ErrorCode = ErrorCode.UnsupportedVersion };
        ApiVersionsResponse.ApiVersion own = response.ApiKeys.Add();
        (own.ApiKey, own.MaxVersion) = ((short)ApiKey.ApiVersions, 4);
        Frame.WriteResponse(writer, ApiCatalogue.Of(ApiKey.ApiVersions), 0, 7, response);
        Assert.Equal(
            "00000010" + "00000007" + "0023" + "00000001" + "001200000004", Convert.ToHexString(writer.ToArray()));
    }

    [Fact]
    public void Produce_of_before_record_batches_is_read_and_refused_in_its_own_form()
    {
        byte[] frame = Convert.FromHexString(
            "0000" + "0002" + "00000001" + "FFFF" + "0001" + "000003E8" + "00000001" + "000174" + "00000001"
            + "00000000" + "00000002" + "CAFE");
        var reader = new ProtocolReader(frame);
        RequestHeader header = RequestHeader.Read(ref reader);
        Assert.True(header.CanRead);
        Assert.False(header.Api!.Serves(header.ApiVersion));
        var request = new ProduceRequest();
        request.Read(ref reader, header.ApiVersion);
        reader.ExpectEnd();
        Assert.Equal("t", request.TopicData[0].Name);
        Assert.Equal(2, request.TopicData[0].PartitionData[0].Records.Length);

        using var writer = new ProtocolWriter();
        var response = new ProduceResponse();
        ProduceResponse.TopicProduceResponse topic = response.Responses.Add();
        topic.Name = "t";
        ProduceResponse.PartitionProduceResponse partition = topic.PartitionResponses.Add();
        (partition.ErrorCode, partition.BaseOffset) = (ErrorCode.UnsupportedVersion, -1);
        Frame.WriteResponse(writer, header, response);
        Assert.Equal(
            "00000029" + "00000001" + "00000001" + "000174" + "00000001" + "00000000" + "0023" + "FFFFFFFFFFFFFFFF"
            + "FFFFFFFFFFFFFFFF" + "00000000",
            Convert.ToHexString(writer.ToArray()));
    }
}

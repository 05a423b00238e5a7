using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Broker.Protocol.Messages;
using Xunit;

namespace Broker.Protocol.Tests;

public sealed class ProtocolWriterTests
{
    [Fact]
    public void A_fetch_of_a_mebibyte_is_not_copied()
    {
        var records = new byte[1 << 20];
        using var writer = new ProtocolWriter();
        Frame.WriteResponse(writer, ApiCatalogue.Of(ApiKey.Fetch), 16, 7, FetchOf(records));
        ReadOnlyMemory<byte> spliced = Assert.Single(writer.Segments, segment => segment.Length == records.Length);
        Assert.True(MemoryMarshal.TryGetArray(spliced, out ArraySegment<byte> array));
        Assert.Same(records, array.Array);
        Assert.True(writer.Length - records.Length < 200);
    }

    [Fact]
    public void Pieces_of_records_follow_each_other_on_the_wire()
    {
        byte[] large = [.. Enumerable.Repeat((byte)5, ProtocolWriter.CopyUpTo + 1)];
        byte[] small = [1, 2, 3];
        using var writer = new ProtocolWriter();
        FetchResponse written = FetchOf([]);
        written.Responses[0].Partitions[0].Records = new RecordBytes([small, large, small, large]);
        written.Write(writer, 12);
        var reader = new ProtocolReader(writer.ToArray());
        var read = new FetchResponse();
        read.Read(ref reader, 12);
        reader.ExpectEnd();
        byte[] expected = [.. small, .. large, .. small, .. large];
        Assert.Equal(expected, read.Responses[0].Partitions[0].Records.Memory.ToArray());
        Assert.Equal(expected, written.Responses[0].Partitions[0].Records.Memory.ToArray());
        Assert.Equal(2, writer.Segments.Count(segment => segment.Length == large.Length));
    }

    [Fact]
    public void Several_frames_stand_one_after_another()
    {
        using var writer = new ProtocolWriter();
        Frame.WriteResponse(writer, ApiCatalogue.Of(ApiKey.Fetch), 4, 1, FetchOf(new byte[100_000]));
        long first = writer.Length;
        Frame.WriteRequest(writer, RequestHeader.For(ApiKey.ApiVersions, 0, 2, null), new ApiVersionsRequest());
        byte[] all = writer.ToArray();
        Assert.Equal(first - 4, BinaryPrimitives.ReadInt32BigEndian(all));
        Assert.Equal(all.Length - first - 4, BinaryPrimitives.ReadInt32BigEndian(all.AsSpan((int)first)));
        var copy = new ArrayBufferWriter<byte>();
        writer.CopyTo(copy);
        Assert.Equal(all, copy.WrittenMemory.ToArray());
    }

    [Fact]
    public void A_message_of_many_chunks_comes_out_whole()
    {
        var written = new MetadataResponse();
        for (int i = 0; i < 20_000; i++)
            written.Topics.Add().Name = $"topic-{i}";
        written.Topics.Add().Name = new string('x', 200_000);
        using var writer = new ProtocolWriter();
        written.Write(writer, 12);
        var reader = new ProtocolReader(writer.ToArray());
        var read = new MetadataResponse();
        read.Read(ref reader, 12);
        Assert.Equal(written.Topics.Select(topic => topic.Name), read.Topics.Select(topic => topic.Name));
    }

    [Fact]
    public void What_a_version_can_not_say_is_an_error_unless_it_may_be_dropped()
    {
        using var writer = new ProtocolWriter();
        var tooOld = new FetchResponse { SessionId = 5 };
        Assert.Throws<ProtocolException>(() => tooOld.Write(writer, 6));
        var droppable = new MetadataResponse { ClusterId = "dropped" };
        droppable.Write(writer, 1);
        var noNull = new DeleteTopicsResponse();
        noNull.Responses.Add().Name = null;
        Assert.Throws<ProtocolException>(() => noNull.Write(writer, 5));
        var tooLong = new ApiVersionsRequest { ClientSoftwareName = new string('x', 40_000) };
        tooLong.Write(writer, 3);
        var tooLongForOld = new MetadataRequest { Topics = [new() { Name = tooLong.ClientSoftwareName }] };
        Assert.Throws<ProtocolException>(() => tooLongForOld.Write(writer, 1));
    }

    [Fact]
    public void What_was_kept_is_disposed_once_the_frame_is_done()
    {
        var owner = new MemoryStream();
        using var writer = new ProtocolWriter();
        writer.Keep(owner);
        writer.WriteInt32(1);
        Assert.True(owner.CanRead);
        writer.Reset();
        Assert.False(owner.CanRead);
        Assert.Equal(0, writer.Length);
        Assert.Empty(writer.Segments);
    }

    [Fact]
    public void Produce_and_fetch_allocate_nothing_once_warm()
    {
        byte[] produce = ProduceFrame();
        var names = new NameCache();
        var request = new ProduceRequest();
        var produced = new ProduceResponse();
        FetchResponse fetched = FetchOf(new byte[100_000]);
        using var writer = new ProtocolWriter();
        long allocated = long.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            var reader = new ProtocolReader(produce, names);
            RequestHeader header = RequestHeader.Read(ref reader);
            request.Read(ref reader, header.ApiVersion);
            writer.Reset();
            produced.Reset();
            ProduceResponse.TopicProduceResponse topic = produced.Responses.Add();
            topic.Name = request.TopicData[0].Name;
            topic.PartitionResponses.Add().BaseOffset = round;
            Frame.WriteResponse(writer, header, produced);
            Frame.WriteResponse(writer, ApiCatalogue.Of(ApiKey.Fetch), 16, round, fetched);
            _ = writer.Segments.Count;
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, allocated);
    }

    private static byte[] ProduceFrame()
    {
        var request = new ProduceRequest { Acks = -1, TimeoutMs = 1000 };
        ProduceRequest.TopicProduceData topic = request.TopicData.Add();
        topic.Name = "orders";
        topic.PartitionData.Add().Records = new byte[5000];
        using var writer = new ProtocolWriter();
        Frame.WriteRequest(writer, RequestHeader.For(ApiKey.Produce, 9, 1, "client"), request);
        return writer.ToArray()[4..];
    }

    private static FetchResponse FetchOf(byte[] records)
    {
        var response = new FetchResponse();
        FetchResponse.FetchableTopicResponse topic = response.Responses.Add();
        topic.Topic = "orders";
        topic.Partitions.Add().Records = records;
        return response;
    }
}

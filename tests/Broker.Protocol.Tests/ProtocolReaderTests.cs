using Broker.Protocol.Messages;
using Xunit;

namespace Broker.Protocol.Tests;

public sealed class ProtocolReaderTests
{
    [Theory]
    [InlineData("7FFFFFFF")]
    [InlineData("00000002")]
    [InlineData("FFFFFFFE")]
    public void A_count_beyond_what_remains_is_refused_before_room_is_made(string count)
    {
        // Metadata 1: the number of topics, each of which takes two bytes at least.
        byte[] frame = Convert.FromHexString(count + "0000");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(frame, (ref reader) => new MetadataRequest().Read(ref reader, 1));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public void The_number_of_elements_has_a_bound_of_its_own()
    {
        byte[] frame = [0, 0, 0, 4, .. new byte[8]];
        var reader = new ProtocolReader(frame, maxElements: 4);
        new MetadataRequest().Read(ref reader, 1);
        Refused(frame, (ref reader) => new MetadataRequest().Read(ref reader, 1), maxElements: 3);
    }

    [Theory]
    [InlineData("FFFF")]
    [InlineData("FFFE")]
    [InlineData("0005")]
    [InlineData("7FFF")]
    [InlineData("0001FF")]
    [InlineData("0002C328")]
    public void A_string_that_is_null_too_long_or_no_text_is_refused(string hex) =>
        Refused(Convert.FromHexString(hex), (ref reader) => reader.ReadString(flexible: false));

    [Theory]
    [InlineData("00")]
    [InlineData("FFFFFFFF0F")]
    [InlineData("808080808001")]
    [InlineData("FFFFFFFF7F")]
    [InlineData("80")]
    public void A_compact_string_likewise(string hex) =>
        Refused(Convert.FromHexString(hex), (ref reader) => reader.ReadString(flexible: true));

    [Theory]
    [InlineData("00", 0u)]
    [InlineData("7F", 127u)]
    [InlineData("8001", 128u)]
    [InlineData("FFFFFFFF0F", uint.MaxValue)]
    public void Varints_are_read_and_written(string hex, uint value)
    {
        var reader = new ProtocolReader(Convert.FromHexString(hex));
        Assert.Equal(value, reader.ReadUnsignedVarint());
        using var writer = new ProtocolWriter();
        writer.WriteUnsignedVarint(value);
        Assert.Equal(hex, Convert.ToHexString(writer.ToArray()));
    }

    [Theory]
    [InlineData("0102")]
    [InlineData("010501")]
    [InlineData("01010300000000")]
    [InlineData("FFFFFFFF0F")]
    public void Tagged_fields_that_do_not_fit_are_refused(string tags)
    {
        // ApiVersions 3 response: error, no APIs, throttle time, then the tagged fields (1 is an int64).
        byte[] frame = Convert.FromHexString("0000" + "01" + "00000000" + tags);
        Refused(frame, (ref reader) => new ApiVersionsResponse().Read(ref reader, 3));
    }

    [Fact]
    public void Records_are_a_slice_of_the_frame()
    {
        byte[] frame = [0, 0, 0, 3, 7, 8, 9];
        var reader = new ProtocolReader(frame);
        ReadOnlyMemory<byte> records = reader.ReadRecords(flexible: false).Memory;
        frame[5] = 42;
        Assert.Equal([7, 42, 9], records.ToArray());
    }

    [Fact]
    public void Bytes_behind_a_message_are_noticed_by_who_asks() =>
        Refused([1, 2], (ref reader) =>
        {
            reader.ReadInt8();
            reader.ExpectEnd();
        });

    [Fact]
    public void A_version_that_does_not_exist_is_refused() =>
        Refused(new byte[100], (ref reader) => new FetchRequest().Read(ref reader, 17));

    private delegate void Reading(ref ProtocolReader reader);

    private static void Refused(byte[] frame, Reading reading, int maxElements = ProtocolReader.DefaultMaxElements) =>
        Assert.Throws<ProtocolException>(() =>
        {
            var reader = new ProtocolReader(frame, maxElements: maxElements);
            reading(ref reader);
        });
}

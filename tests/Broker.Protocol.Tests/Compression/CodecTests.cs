using Broker.Protocol.Compression;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Protocol.Tests.Compression;

public sealed class CodecTests
{
    public static TheoryData<CompressionType> Compressing =>
        [CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd];

    [Property]
    public void What_is_compressed_is_inflated_again(byte[] data, byte codec, ushort repeat)
    {
        CompressionType type = (CompressionType)(codec % 5);
        byte[] plain = [.. Enumerable.Repeat(data, repeat % 2000).SelectMany(bytes => bytes)];
        using BoundedBuffer compressed = new(int.MaxValue);
        using BoundedBuffer inflated = new(plain.Length);

        Codec.Compress(type, plain, compressed);
        Codec.Decompress(type, compressed.WrittenMemory, inflated);

        Assert.Equal(plain, inflated.WrittenSpan);
    }

    [Theory]
    [MemberData(nameof(Compressing))]
    public void A_bomb_stops_at_the_bound(CompressionType type)
    {
        using BoundedBuffer bomb = new(int.MaxValue);
        Codec.Compress(type, new byte[64 << 20], bomb);
        using BoundedBuffer target = new(1 << 20);

        Assert.Throws<ProtocolException>(() => Codec.Decompress(type, bomb.WrittenMemory, target));
    }

    [Property(MaxTest = 1000)]
    public void Noise_gives_a_protocol_error_or_bytes(byte[] noise, byte codec, int position)
    {
        CompressionType type = (CompressionType)(1 + (codec % 4));
        using BoundedBuffer compressed = new(int.MaxValue);
        Codec.Compress(type, new byte[500], compressed);
        byte[] broken = compressed.WrittenSpan.ToArray();
        int at = (int)((uint)position % (uint)broken.Length);
        noise.AsSpan(0, Math.Min(noise.Length, broken.Length - at)).CopyTo(broken.AsSpan(at));
        using BoundedBuffer target = new(1 << 16);

        Assert.True(Record.Exception(() => Codec.Decompress(type, broken, target)) is null or ProtocolException);
    }

    [Fact]
    public void Javas_snappy_framing_is_read()
    {
        using BoundedBuffer block = new(int.MaxValue);
        Codec.Compress(CompressionType.Snappy, "hello"u8.ToArray(), block);
        byte[] length = [0, 0, 0, (byte)block.WrittenCount];
        byte[] framed =
        [
            0x82, .. "SNAPPY"u8, 0, 0, 0, 0, 1, 0, 0, 0, 1,
            .. length, .. block.WrittenSpan, .. length, .. block.WrittenSpan,
        ];
        using BoundedBuffer target = new(100);

        Codec.Decompress(CompressionType.Snappy, framed, target);

        Assert.Equal("hellohello"u8, target.WrittenSpan);
    }
}

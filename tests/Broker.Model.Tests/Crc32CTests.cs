using System.Text;
using Broker.Model;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Model.Tests;

public sealed class Crc32CTests
{
    [Fact]
    public void The_check_value_of_the_catalogue_of_crcs() =>
        Assert.Equal(0xE3069283u, Crc32C.Compute(Encoding.ASCII.GetBytes("123456789")));

    [Fact]
    public void The_vectors_of_rfc_3720_appendix_b_4()
    {
        byte[] ascending = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute(ascending));
        Assert.Equal(0x113FDB5Cu, Crc32C.Compute([.. ascending.Reverse()]));
    }

    [Fact]
    public void Nothing_has_the_checksum_zero() => Assert.Equal(0u, Crc32C.Compute([]));

    [Theory]
    [InlineData(383)]
    [InlineData(384)]
    [InlineData(385)]
    [InlineData(3071)]
    [InlineData(3072)]
    [InlineData(3 * 3072 + 2 * 384 + 13)]
    [InlineData(1 << 20)]
    public void Lanes_agree_with_the_definition(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        Assert.Equal(BitByBit(bytes), Crc32C.Compute(bytes));
    }

    [Property]
    public void Any_bytes_agree_with_the_definition(byte[] bytes) =>
        Assert.Equal(BitByBit(bytes), Crc32C.Compute(bytes));

    [Property(MaxTest = 200)]
    public void Appending_and_combining_give_the_whole(int seed, ushort lengthA, ushort lengthB)
    {
        var bytes = new byte[lengthA + lengthB];
        new Random(seed).NextBytes(bytes);
        uint whole = Crc32C.Compute(bytes);
        uint first = Crc32C.Compute(bytes.AsSpan(0, lengthA));
        Assert.Equal(whole, Crc32C.Append(first, bytes.AsSpan(lengthA)));
        Assert.Equal(whole, Crc32C.Combine(first, Crc32C.Compute(bytes.AsSpan(lengthA)), lengthB));
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }

        return ~crc;
    }
}

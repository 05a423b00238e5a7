using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Membership;

public sealed class ConfigurationCodecTests
{
    public static TheoryData<Configuration> Some =>
    [
        Group.Of([7]), Group.Of([1, 2, 3]), Group.Of([1], 2, 3), Group.Of([1, 2, 3]).Towards(Group.Of([3, 4, 5])),
        Group.Of([1, 2, 3], 9).Towards(Group.Of([4], 1, 9)),
    ];

    [Fact]
    public void Voters_alone_are_written_as_they_always_were()
    {
        byte[] bytes = Encode(Group.Of([1, 300]));
        Assert.Equal([1, 2, 1, 0, 0, 0, 0x2C, 1, 0, 0], bytes);
    }

    [Fact]
    public void A_joint_configuration_names_both_halves_and_the_learners()
    {
        byte[] bytes = Encode(Group.Of([1]).Towards(Group.Of([2], 3)));
        Assert.Equal([2, 1, 1, 1, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0], bytes);
    }

    [Theory]
    [MemberData(nameof(Some))]
    public void What_is_written_is_read_and_nothing_shorter_or_longer_is(Configuration configuration)
    {
        byte[] bytes = Encode(configuration);
        Assert.True(ConfigurationCodec.TryDecode(bytes, out Configuration? read));
        Assert.Equal(configuration, read);
        for (int length = 0; length < bytes.Length; length++)
            Assert.False(ConfigurationCodec.TryDecode(bytes.AsSpan(0, length), out _));
        Assert.False(ConfigurationCodec.TryDecode([.. bytes, 0], out _));
    }

    [Fact]
    public void Broken_bytes_are_refused_or_mean_another_configuration()
    {
        var random = new Random(1);
        byte[] good = Encode(Group.Of([1, 2, 3], 9).Towards(Group.Of([4], 1, 9)));
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. good];
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (ConfigurationCodec.TryDecode(bytes, out Configuration? read))
                Assert.Equal(bytes, Encode(read));
        }
    }

    private static byte[] Encode(Configuration configuration)
    {
        var bytes = new byte[ConfigurationCodec.SizeOf(configuration)];
        ConfigurationCodec.Encode(configuration, bytes);
        return bytes;
    }
}

using System.Text;
using Broker.Client.Producing;
using Xunit;

namespace Broker.Client.Tests.Producing;

public sealed class Murmur2Tests
{
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void A_key_hashes_as_in_java_clients(string key, int hash) =>
        Assert.Equal(hash, (int)Murmur2.Hash(Encoding.UTF8.GetBytes(key)));
}

using Broker.Model;
using Xunit;

namespace Broker.Model.Tests;

public sealed class HostAndPortTests
{
    [Theory]
    [InlineData("127.0.0.1:9092", "127.0.0.1", 9092)]
    [InlineData("broker-1.example:0", "broker-1.example", 0)]
    [InlineData("[::1]:9092", "::1", 9092)]
    public void An_address_is_read_and_written_back(string text, string host, int port)
    {
        Assert.True(HostAndPort.TryParse(text, out HostAndPort address));
        Assert.Equal(new HostAndPort(host, port), address);
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("9092")]
    [InlineData(":9092")]
    [InlineData("host:")]
    [InlineData("host:65536")]
    [InlineData("host:-1")]
    [InlineData("::1:9092")]
    [InlineData("[]:9092")]
    public void What_is_not_an_address_is_refused(string text) => Assert.False(HostAndPort.TryParse(text, out _));
}

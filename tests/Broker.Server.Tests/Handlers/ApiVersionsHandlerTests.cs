using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Network;
using Broker.Server.Network.Frames;
using Xunit;

namespace Broker.Server.Tests.Handlers;

public sealed class ApiVersionsHandlerTests : IDisposable
{
    private readonly HandlerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_api_that_is_served_is_listed_with_its_versions_and_no_other(short version)
    {
        var request = new ApiVersionsRequest { ClientSoftwareName = "c", ClientSoftwareVersion = "1" };
        ApiVersionsResponse response = await _bench.AskAsync(request, version);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Assert.Equal(
            "0:0-12 1:4-16 2:1-9 3:0-12 8:2-9 9:1-9 10:0-6 11:0-9 12:0-4 13:0-5 14:0-5 15:0-5 16:0-5 18:0-4 "
            + "19:2-7 20:1-6 21:0-2 22:0-5 23:2-4 32:1-4 33:0-2 35:1-4 37:0-3 42:0-2 43:0-2 44:0-1 45:0-0 46:0-0 "
            + "47:0-0 55:0-2 57:0-2 60:0-1 75:0-0 80:0-0 81:0-0",
            string.Join(' ', response.ApiKeys.Select(api => $"{api.ApiKey}:{api.MinVersion}-{api.MaxVersion}")));
    }

    [Fact]
    public async Task Transactions_are_advertised_where_they_are_served()
    {
        using var bench = new HandlerBench("--transactions.enable=true");
        ApiVersionsResponse response = await bench.AskAsync(new ApiVersionsRequest(), 0);
        Assert.Equal(
            "24:0-3 25:0-3 26:0-4 28:0-4 65:0-0 66:0-0",
            string.Join(' ', response.ApiKeys.Where(api => api.ApiKey is (>= 24 and <= 28) or 65 or 66)
                .Select(api => $"{api.ApiKey}:{api.MinVersion}-{api.MaxVersion}")));
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task From_version_3_on_the_levels_of_broker_and_cluster_are_told(short version, bool told)
    {
        var request = new ApiVersionsRequest { ClientSoftwareName = "c", ClientSoftwareVersion = "1" };
        ApiVersionsResponse response = await _bench.AskAsync(request, version);
        string[] expected = told ? ["broker.version 1-4"] : [];
        Assert.Equal(
            expected,
            response.SupportedFeatures.Select(feature => $"{feature.Name} {feature.MinVersion}-{feature.MaxVersion}"));
        Assert.Equal(told ? [4] : [], response.FinalizedFeatures.Select(feature => (int)feature.MaxVersionLevel));
        Assert.Equal(told ? _bench.Cluster.Image.Index : -1, response.FinalizedFeaturesEpoch);
    }

    [Fact]
    public async Task A_version_from_the_future_is_answered_in_version_0()
    {
        byte[] request = [0, 18, 0, 99, 0, 0, 0, 5, 0xFF, 0xFF, 1, 2, 3, 4];
        ResponseFrame? response = await _bench.Dispatcher.HandleAsync(_bench.Session, RequestFrame.Of(request));
        var reader = new ProtocolReader(response!.Writer.ToArray().AsMemory(4));
        Assert.Equal(5, reader.ReadInt32());
        var answer = new ApiVersionsResponse();
        answer.Read(ref reader, 0);
        response.Release();
        Assert.Equal(ErrorCode.UnsupportedVersion, answer.ErrorCode);
        ApiVersionsResponse.ApiVersion own = answer.ApiKeys[0];
        Assert.Equal((18, 0, 4), (own.ApiKey, own.MinVersion, own.MaxVersion));
    }

    [Theory]
    [InlineData(1000, 0, "1000")]
    [InlineData(17, 0, "SaslHandshake")]
    [InlineData(-1, 0, "-1")]
    [InlineData(3, 13, "0 to 12")]
    [InlineData(1, 3, "4 to 16")]
    public void What_is_not_served_is_objected_to_by_name(short key, short version, string names) =>
        Assert.Contains(names, _bench.Dispatcher.Objection(key, version), StringComparison.Ordinal);

    [Theory]
    [InlineData(18, 99)]
    [InlineData(0, 0)]
    [InlineData(3, 12)]
    public void What_can_be_answered_is_let_in(short key, short version) =>
        Assert.Null(_bench.Dispatcher.Objection(key, version));

    [Theory]
    [InlineData(new byte[] { 0, 3, 0, 12, 0, 0, 0, 1, 0x7F, 0xFF })]
    [InlineData(new byte[] { 0, 3, 0, 12, 0, 0, 0, 1, 0xFF, 0xFF, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    [InlineData(new byte[] { 0, 18, 0, 3, 0, 0, 0, 1, 0xFF, 0xFF, 0 })]
    public async Task A_malformed_request_closes_the_connection_and_leaks_no_frame(byte[] bytes)
    {
        RequestFrame frame = RequestFrame.Of(bytes);
        await Assert.ThrowsAsync<ClientLostException>(
            async () => await _bench.Dispatcher.HandleAsync(_bench.Session, frame));
        Assert.Throws<ObjectDisposedException>(frame.Release);
    }
}

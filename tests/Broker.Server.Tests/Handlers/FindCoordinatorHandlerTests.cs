using Broker.Protocol;
using Broker.Protocol.Messages;
using Xunit;

namespace Broker.Server.Tests.Handlers;

public sealed class FindCoordinatorHandlerTests : IDisposable
{
    private readonly HandlerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task One_key_has_no_coordinator(short version)
    {
        var request = new FindCoordinatorRequest { Key = "group" };
        FindCoordinatorResponse response = await _bench.AskAsync(request, version);
        Assert.Equal((ErrorCode.CoordinatorNotAvailable, -1), (response.ErrorCode, response.NodeId.Value));
        Assert.Equal(version >= 1, response.ErrorMessage is { Length: > 0 });
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public async Task None_of_many_keys_has_a_coordinator(short version)
    {
        var request = new FindCoordinatorRequest();
        request.CoordinatorKeys.AddRange(["a", "b"]);
        FindCoordinatorResponse response = await _bench.AskAsync(request, version);
        Assert.Equal(["a", "b"], response.Coordinators.Select(each => each.Key));
        Assert.All(response.Coordinators, each => Assert.Equal(ErrorCode.CoordinatorNotAvailable, each.ErrorCode));
    }
}

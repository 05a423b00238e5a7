using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Controller;
using Xunit;

namespace Broker.Server.Tests.Handlers;

public sealed class UpdateFeaturesHandlerTests : IDisposable
{
    private const string Feature = "broker.version";

    private readonly HandlerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_level_is_raised(short version)
    {
        UpdateFeaturesResponse response = await AskAsync(version, validateOnly: version > 0, (Feature, 2));
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Assert.Equal(version < 2 ? [(Feature, ErrorCode.None)] : [], Results(response));
        Assert.Equal([2], _bench.Controller.Raised);
        Assert.Equal(version > 0, _bench.Controller.ValidateOnly);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_refusal_names_who_holds_the_level_back(short version)
    {
        _bench.Controller.Fault = ControllerFault.Refused;
        _bench.Controller.Refusal = new Refusal(RefusalReason.UnsupportedLevel, "Broker 2 is older.");
        UpdateFeaturesResponse response = await AskAsync(version, false, (Feature, 2));
        (ErrorCode, string?) told = version < 2
            ? (response.Results[0].ErrorCode, response.Results[0].ErrorMessage)
            : (response.ErrorCode, response.ErrorMessage);
        Assert.Equal((ErrorCode.InvalidUpdateVersion, "Broker 2 is older."), told);
    }

    [Fact]
    public async Task An_unknown_feature_is_refused_by_name_and_does_not_keep_the_other_one_back()
    {
        UpdateFeaturesResponse response = await AskAsync(1, false, ("metadata.version", 7), (Feature, 2));
        Assert.Equal(
            [("metadata.version", ErrorCode.InvalidUpdateVersion), (Feature, ErrorCode.None)], Results(response));
        Assert.Contains("metadata.version", response.Results[0].ErrorMessage, StringComparison.Ordinal);
        Assert.Equal([2], _bench.Controller.Raised);
    }

    [Fact]
    public async Task From_version_2_on_nothing_is_raised_unless_all_is()
    {
        UpdateFeaturesResponse response = await AskAsync(2, false, (Feature, 2), ("metadata.version", 7));
        Assert.Equal(ErrorCode.InvalidUpdateVersion, response.ErrorCode);
        Assert.Contains("metadata.version", response.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(_bench.Controller.Raised);
    }

    [Fact]
    public async Task One_that_is_named_twice_is_refused()
    {
        UpdateFeaturesResponse response = await AskAsync(1, false, (Feature, 2), (Feature, 1));
        Assert.All(Results(response), result => Assert.Equal((Feature, ErrorCode.InvalidRequest), result));
        Assert.Empty(_bench.Controller.Raised);
    }

    private async Task<UpdateFeaturesResponse> AskAsync(
        short version, bool validateOnly, params (string Name, short Level)[] updates)
    {
        var request = new UpdateFeaturesRequest { ValidateOnly = validateOnly };
        foreach ((string name, short level) in updates)
        {
            UpdateFeaturesRequest.FeatureUpdateKey update = request.FeatureUpdates.Add();
            (update.Feature, update.MaxVersionLevel) = (name, level);
        }

        return await _bench.AskAsync(request, version);
    }

    private static IEnumerable<(string, ErrorCode)> Results(UpdateFeaturesResponse response) =>
        response.Results.Select(result => (result.Feature, result.ErrorCode));
}

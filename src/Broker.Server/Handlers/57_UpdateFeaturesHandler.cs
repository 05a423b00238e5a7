using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Controller;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.UpdateFeaturesRequest, Broker.Protocol.Messages.UpdateFeaturesResponse>;

namespace Broker.Server.Handlers;

/// <summary>
/// UpdateFeatures, versions 0 to 2. Any broker takes it. There is one feature, <see cref="BrokerFeature"/>, whose level
/// only goes up, whatever downgrade the request allows; raising it to where it is, is granted.
/// </summary>
internal sealed class UpdateFeaturesHandler(HandlerServices services)
    : MessageHandler<UpdateFeaturesRequest, UpdateFeaturesResponse>(ApiKey.UpdateFeatures, services)
{
    private const short FirstWithoutResults = 2;

    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        (UpdateFeaturesRequest request, UpdateFeaturesResponse response) = (exchange.Request, exchange.Response);
        bool allOrNothing = context.Version >= FirstWithoutResults;
        HashSet<string> twice = NamedTwice.In(request.FeatureUpdates.Select(update => update.Feature));
        bool raises = !allOrNothing || request.FeatureUpdates.All(update => Objection(update, twice) is null);
        foreach (UpdateFeaturesRequest.FeatureUpdateKey update in request.FeatureUpdates)
        {
            (ErrorCode code, string? message) = Objection(update, twice)
                ?? (raises ? await RaiseAsync(update, request, context) : (ErrorCode.None, null));
            if (allOrNothing && code != ErrorCode.None)
                (response.ErrorCode, response.ErrorMessage) = (code, message);

            UpdateFeaturesResponse.UpdatableFeatureResult result = response.Results.Add();
            (result.Feature, result.ErrorCode, result.ErrorMessage) = (update.Feature, code, message);
        }

        return true;
    }

    private async ValueTask<(ErrorCode Code, string? Message)> RaiseAsync(
        UpdateFeaturesRequest.FeatureUpdateKey update, UpdateFeaturesRequest request, RequestContext context)
    {
        (ControllerFault fault, Refusal? refusal) = await Services.Controller.RaiseFeatureLevelAsync(
            update.MaxVersionLevel,
            request.ValidateOnly,
            Patience.Of(request.TimeoutMs),
            context.Session.Closed);
        return RefusalCode.Of(fault, refusal);
    }

    private static (ErrorCode Code, string? Message)? Objection(
        UpdateFeaturesRequest.FeatureUpdateKey update, HashSet<string> twice) =>
        update.Feature != BrokerFeature.Name
            ? (ErrorCode.InvalidUpdateVersion, $"There is no feature '{update.Feature}', only {BrokerFeature.Name}.")
            : twice.Contains(update.Feature)
                ? (ErrorCode.InvalidRequest, $"{update.Feature} is named twice in the request.")
                : null;
}

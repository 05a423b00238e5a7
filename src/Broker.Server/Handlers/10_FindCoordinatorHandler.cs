using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.FindCoordinatorRequest, Broker.Protocol.Messages.FindCoordinatorResponse>;

namespace Broker.Server.Handlers;

/// <summary>
/// FindCoordinator, versions 0 to 6. Groups and transactions are not coordinated yet, so every key is answered with
/// COORDINATOR_NOT_AVAILABLE. It is served all the same because librdkafka sends lz4 batches uncompressed to a broker
/// that does not advertise version 0 of it.
/// </summary>
internal sealed class FindCoordinatorHandler(HandlerServices services)
    : MessageHandler<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, services)
{
    private const string Reason = "Groups and transactions are not coordinated by this version.";

    protected override ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        FindCoordinatorResponse response = exchange.Response;
        if (context.Version < 4)
        {
            (response.ErrorCode, response.NodeId) = (ErrorCode.CoordinatorNotAvailable, BrokerId.None);
            response.ErrorMessage = context.Version >= 1 ? Reason : null;
            (response.Host, response.Port) = ("", -1);
            return ValueTask.FromResult(true);
        }

        foreach (string key in exchange.Request.CoordinatorKeys)
        {
            FindCoordinatorResponse.Coordinator entry = response.Coordinators.Add();
            (entry.Key, entry.NodeId, entry.Host, entry.Port) = (key, BrokerId.None, "", -1);
            (entry.ErrorCode, entry.ErrorMessage) = (ErrorCode.CoordinatorNotAvailable, Reason);
        }

        return ValueTask.FromResult(true);
    }
}

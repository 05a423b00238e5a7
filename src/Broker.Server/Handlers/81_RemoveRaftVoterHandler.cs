using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;

namespace Broker.Server.Handlers;

/// <summary>RemoveRaftVoter, version 0. The broker need not run. The request names no time to wait.</summary>
internal sealed class RemoveRaftVoterHandler(HandlerServices services, IMetadataVoters voters)
    : MessageHandler<RemoveRaftVoterRequest, RemoveRaftVoterResponse>(ApiKey.RemoveRaftVoter, services)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    protected override async ValueTask<bool> AnswerAsync(
        Exchange<RemoveRaftVoterRequest, RemoveRaftVoterResponse> exchange, RequestContext context)
    {
        (RemoveRaftVoterRequest request, RemoveRaftVoterResponse response) = (exchange.Request, exchange.Response);
        (response.ErrorCode, response.ErrorMessage) =
            VoterFault.Of(Services.Cluster.Image, request.ClusterId, request.VoterId, request.VoterDirectoryId)
            ?? VoterFault.Of(await voters.RemoveAsync(request.VoterId, Limit, context.Session.Closed));
        return true;
    }
}

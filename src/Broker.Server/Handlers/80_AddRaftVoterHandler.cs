using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;

namespace Broker.Server.Handlers;

/// <summary>
/// AddRaftVoter, version 0. The broker has to run and follow the metadata; where it listens is known from its
/// registration, so the request's listeners are not looked at.
/// </summary>
internal sealed class AddRaftVoterHandler(HandlerServices services, IMetadataVoters voters)
    : MessageHandler<AddRaftVoterRequest, AddRaftVoterResponse>(ApiKey.AddRaftVoter, services)
{
    protected override async ValueTask<bool> AnswerAsync(
        Exchange<AddRaftVoterRequest, AddRaftVoterResponse> exchange, RequestContext context)
    {
        (AddRaftVoterRequest request, AddRaftVoterResponse response) = (exchange.Request, exchange.Response);
        (response.ErrorCode, response.ErrorMessage) =
            VoterFault.Of(Services.Cluster.Image, request.ClusterId, request.VoterId, request.VoterDirectoryId)
            ?? VoterFault.Of(await voters.AddAsync(
                request.VoterId, Patience.Of(request.TimeoutMs), context.Session.Closed));
        return true;
    }
}

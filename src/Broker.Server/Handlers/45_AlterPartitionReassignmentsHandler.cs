using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Controller;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.AlterPartitionReassignmentsRequest,
    Broker.Protocol.Messages.AlterPartitionReassignmentsResponse>;
using Result = Broker.Protocol.Messages.AlterPartitionReassignmentsResponse.ReassignablePartitionResponse;

namespace Broker.Server.Handlers;

/// <summary>
/// AlterPartitionReassignments, version 0. Any broker takes it; answers when the wish is written down, and
/// ListPartitionReassignments tells how it goes. A cancellation is a way back, which takes its time like the way there:
/// until it is over, the partition is listed as being reassigned.
/// </summary>
internal sealed class AlterPartitionReassignmentsHandler(HandlerServices services)
    : MessageHandler<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse>(
        ApiKey.AlterPartitionReassignments, services)
{
    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        AlterPartitionReassignmentsRequest request = exchange.Request;
        HashSet<(string, int)> twice = NamedTwice.In(request.Topics.SelectMany(
            topic => topic.Partitions.Select(partition => (topic.Name, partition.PartitionIndex))));
        var asked = new List<Result>();
        var wishes = ImmutableArray.CreateBuilder<ReassignmentWish>();
        foreach (AlterPartitionReassignmentsRequest.ReassignableTopic topic in request.Topics)
        {
            AlterPartitionReassignmentsResponse.ReassignableTopicResponse entry = exchange.Response.Responses.Add();
            entry.Name = topic.Name;
            foreach (AlterPartitionReassignmentsRequest.ReassignablePartition partition in topic.Partitions)
            {
                Result result = entry.Partitions.Add();
                result.PartitionIndex = partition.PartitionIndex;
                if (twice.Contains((topic.Name, partition.PartitionIndex)))
                {
                    result.ErrorCode = ErrorCode.InvalidRequest;
                    result.ErrorMessage = $"{topic.Name}/{partition.PartitionIndex} is named twice in the request.";
                    continue;
                }

                asked.Add(result);
                wishes.Add(new ReassignmentWish(
                    topic.Name, partition.PartitionIndex, partition.Replicas?.ToImmutableArray()));
            }
        }

        if (wishes.Count > 0)
        {
            ImmutableArray<TopicAnswer> answers = await Services.Controller.ReassignAsync(
                wishes.ToImmutable(), Patience.Of(request.TimeoutMs), context.Session.Closed);
            for (int i = 0; i < answers.Length; i++)
                (asked[i].ErrorCode, asked[i].ErrorMessage) = RefusalCode.Of(answers[i]);
        }

        return true;
    }
}

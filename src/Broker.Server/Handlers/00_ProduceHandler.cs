using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Network;
using Broker.Server.Network.Frames;
using Broker.Server.Partitions;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.ProduceRequest, Broker.Protocol.Messages.ProduceResponse>;
using PartitionAnswer = Broker.Protocol.Messages.ProduceResponse.PartitionProduceResponse;

namespace Broker.Server.Handlers;

/// <summary>
/// Produce, versions 3 to 12; 0 to 2 are advertised for old librdkafkas and answered with UNSUPPORTED_VERSION in the
/// body.
/// Each partition is answered for itself. All batches are queued at their partitions before this returns for the first
/// time, so that the connection's next request can begin; those of a transaction wait at their partition's gate, in
/// their order.
/// With acks=0 nothing is answered, and an error closes the connection: the one way to tell such a client.
/// </summary>
internal sealed class ProduceHandler(HandlerServices services)
    : MessageHandler<ProduceRequest, ProduceResponse>(ApiKey.Produce, services)
{
    public override bool Overlaps => true;

    protected override bool KeepsFrame => true;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        ProduceRequest request = exchange.Request;
        int partitions = 0;
        foreach (ProduceRequest.TopicProduceData topic in request.TopicData)
            partitions += topic.PartitionData.Count;

        (ErrorCode Code, string Message) refusal = Refusal(request, context.Version, partitions);
        if (refusal.Code != ErrorCode.None)
            RefuseAll(exchange, refusal);
        else if (partitions == 1)
            await ProduceOneAsync(exchange, context);
        else
            await ProduceAllAsync(exchange, context, partitions);

        if (request.Acks != 0)
            return true;

        RequireNoError(exchange.Response);
        return false;
    }

    private (ErrorCode Code, string Message) Refusal(ProduceRequest request, short version, int partitions)
    {
        if (!Api.Serves(version))
            return (ErrorCode.UnsupportedVersion, "");
        if (request.Acks is not (0 or 1 or -1))
            return (ErrorCode.InvalidRequiredAcks, $"acks is {request.Acks}; 0, 1 or -1 (all) are allowed.");

        if (request.TransactionalId is not null && !Services.Options.Transactions.AreServed)
            return (ErrorCode.InvalidTxnState, "Transactions are not served: see transactions.enable.");

        int limit = Services.Options.Requests.MaxPartitions;
        return partitions > limit
            ? (ErrorCode.InvalidRequest, $"The request names {partitions} partitions; {limit} are allowed at most.")
            : (ErrorCode.None, "");
    }

    private async ValueTask ProduceOneAsync(Answers exchange, RequestContext context)
    {
        foreach (ProduceRequest.TopicProduceData data in exchange.Request.TopicData)
        {
            if (data.PartitionData.Count == 0)
                continue;

            TopicImage? topic = Services.Cluster.Image.FindTopic(data.Name);
            PartitionAnswer answer = Add(exchange.Response, data.Name, data.PartitionData[0].Index);
            ProduceRequest.PartitionProduceData part = data.PartitionData[0];
            if (Begin(topic, part, answer) is { } partition)
            {
                ProduceBatch batch = BatchOf(exchange.Request, part, context.Frame, isAlone: true);
                Fill(answer, await partition.ProduceAsync(batch, AcksOf(exchange), DeadlineOf(exchange)));
            }

            AddHint(exchange.Response, answer, topic, context);
        }
    }

    private async ValueTask ProduceAllAsync(Answers exchange, RequestContext context, int partitions)
    {
        var queued = new List<(TopicImage? Topic, PartitionAnswer Answer, Task<ProduceOutcome>? Outcome)>(partitions);
        (short acks, long deadline) = (AcksOf(exchange), DeadlineOf(exchange));
        foreach (ProduceRequest.TopicProduceData data in exchange.Request.TopicData)
        {
            TopicImage? topic = Services.Cluster.Image.FindTopic(data.Name);
            ProduceResponse.TopicProduceResponse answers = exchange.Response.Responses.Add();
            answers.Name = data.Name;
            foreach (ProduceRequest.PartitionProduceData part in data.PartitionData)
            {
                PartitionAnswer answer = answers.PartitionResponses.Add();
                answer.Index = part.Index;
                Task<ProduceOutcome>? outcome = Begin(topic, part, answer) is { } partition
                    ? ProduceAsync(
                        partition, BatchOf(exchange.Request, part, context.Frame, isAlone: false), acks, deadline)
                    : null;
                queued.Add((topic, answer, outcome));
            }
        }

        foreach ((TopicImage? topic, PartitionAnswer answer, Task<ProduceOutcome>? outcome) in queued)
        {
            if (outcome is not null)
                Fill(answer, await outcome);

            AddHint(exchange.Response, answer, topic, context);
        }
    }

    private static async Task<ProduceOutcome> ProduceAsync(
        IPartition partition, ProduceBatch batch, short acks, long deadline) =>
        await partition.ProduceAsync(batch, acks, deadline);

    /// <summary>The partition to produce to, or null and the reason in the answer.</summary>
    private IPartition? Begin(TopicImage? topic, ProduceRequest.PartitionProduceData part, PartitionAnswer answer)
    {
        (answer.BaseOffset, answer.LogAppendTimeMs, answer.LogStartOffset) = (-1, -1, -1);
        answer.ErrorCode = PartitionFinder.Find(Services, topic, part.Index, out IPartition? partition);
        if (topic is not null && InternalTopics.IsInternal(topic.Name))
        {
            (answer.ErrorCode, answer.ErrorMessage) = (ErrorCode.InvalidTopicException, "The topic is internal.");
            return null;
        }

        if (answer.ErrorCode == ErrorCode.None && part.Records.Length == 0)
        {
            (answer.ErrorCode, answer.ErrorMessage) = (ErrorCode.InvalidRecord, "There is no record batch.");
            return null;
        }

        return partition;
    }

    private static PartitionAnswer Add(ProduceResponse response, string topic, int partition)
    {
        ProduceResponse.TopicProduceResponse answers = response.Responses.Add();
        answers.Name = topic;
        PartitionAnswer answer = answers.PartitionResponses.Add();
        answer.Index = partition;
        return answer;
    }

    private static short AcksOf(Answers exchange) => exchange.Request.Acks == -1 ? (short)-1 : (short)1;

    private long DeadlineOf(Answers exchange) => Services.Deadlines.After(Patience.Of(exchange.Request.TimeoutMs));

    private static ProduceBatch BatchOf(
        ProduceRequest request, ProduceRequest.PartitionProduceData part, RequestFrame frame, bool isAlone)
    {
        MemoryMarshal.TryGetArray(part.Records.Memory, out ArraySegment<byte> bytes);
        MemoryMarshal.TryGetArray<byte>(frame.Buffer.Memory, out ArraySegment<byte> buffer);
        return new ProduceBatch(frame.Buffer, bytes.Offset - buffer.Offset, bytes.Count, isAlone)
        {
            TransactionalId = request.TransactionalId,
        };
    }

    private static void Fill(PartitionAnswer answer, ProduceOutcome outcome)
    {
        answer.ErrorCode = FaultCode.OfProduce(outcome.Fault);
        answer.BaseOffset = outcome.BaseOffset.Value;
        answer.LogAppendTimeMs = outcome.LogAppendTime;
        answer.LogStartOffset = outcome.LogStart.Value;
        if (answer.ErrorCode == ErrorCode.None)
            return;

        answer.ErrorMessage = outcome.Message ?? ErrorText.MessageFor(answer.ErrorCode);
        if (outcome.BadRecord >= 0)
        {
            ProduceResponse.BatchIndexAndErrorMessage record = answer.RecordErrors.Add();
            (record.BatchIndex, record.BatchIndexErrorMessage) = (outcome.BadRecord, answer.ErrorMessage);
        }
    }

    private void AddHint(ProduceResponse response, PartitionAnswer answer, TopicImage? topic, in RequestContext context)
    {
        if (answer.ErrorCode == ErrorCode.None)
            return;

        answer.ErrorMessage ??= ErrorText.MessageFor(answer.ErrorCode);
        if (!PartitionFinder.WantsHint(answer.ErrorCode) || !PartitionFinder.TryFindLeader(
            Services.Cluster, topic, answer.Index, context.Listener, out LeaderView leader, out NodeAddress node))
        {
            return;
        }

        answer.CurrentLeader = new() { LeaderId = leader.Leader, LeaderEpoch = leader.Epoch.Value };
        foreach (ProduceResponse.NodeEndpoint known in response.NodeEndpoints)
        {
            if (known.NodeId == leader.Leader)
                return;
        }

        ProduceResponse.NodeEndpoint endpoint = response.NodeEndpoints.Add();
        (endpoint.NodeId, endpoint.Host, endpoint.Port) = (leader.Leader, node.Address.Host, node.Address.Port);
        endpoint.Rack = node.Rack;
    }

    private static void RefuseAll(Answers exchange, (ErrorCode Code, string Message) refusal)
    {
        foreach (ProduceRequest.TopicProduceData data in exchange.Request.TopicData)
        {
            foreach (ProduceRequest.PartitionProduceData part in data.PartitionData)
            {
                PartitionAnswer answer = Add(exchange.Response, data.Name, part.Index);
                (answer.BaseOffset, answer.ErrorCode, answer.ErrorMessage) = (-1, refusal.Code, refusal.Message);
            }
        }
    }

    private static void RequireNoError(ProduceResponse response)
    {
        foreach (ProduceResponse.TopicProduceResponse topic in response.Responses)
        {
            foreach (PartitionAnswer answer in topic.PartitionResponses)
            {
                if (answer.ErrorCode != ErrorCode.None)
                {
                    throw new ClientLostException(
                        $"it produced with acks=0 to {topic.Name}-{answer.Index} and failed: {answer.ErrorMessage}");
                }
            }
        }
    }
}

using System.Text.Json;
using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Replication;
using Broker.Server.Controller;
using Broker.Server.Coordination;
using Broker.Server.Partitions;
using Broker.Server.Partitions.Transactions;

namespace Broker.Server.Transactions.Verifying;

/// <inheritdoc cref="ITransactionVerifier"/>
/// <param name="here">Answers for the ids that this broker coordinates.</param>
internal sealed class MeshVerifier(
    IClusterView cluster, PeerMesh mesh, Func<VerificationAsk, VerificationReply> here) : ITransactionVerifier
{
    private static readonly PeerMethod Method = new(105);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Answers what other brokers ask from now on.</summary>
    public void Serve() => mesh.Handle(
        Method,
        (_, body, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(
            VerificationJson.Encode(here(VerificationJson.DecodeAsk(body.Span)))));

    public async Task<Verification> VerifyAsync(
        string transactionalId, ProducerId producer, short epoch, PartitionId partition)
    {
        ClusterImage image = cluster.Image;
        if (image.FindTopic(partition.Topic) is not { } topic
            || image.FindTopic(InternalTopics.TransactionState) is not { } coordinators)
        {
            return Verification.Refuse(PartitionFault.Busy);
        }

        var ask = new VerificationAsk(transactionalId, producer.Value, epoch, topic.Name, partition.Index);
        BrokerId leader = cluster.LeaderOf(
            coordinators, KeyPartitions.Of(transactionalId, coordinators.Partitions.Count)).Leader;
        VerificationReply? reply = leader == cluster.Self ? here(ask)
            : leader == BrokerId.None ? null
            : await AskAsync(leader, ask);
        return reply is null
            ? Verification.Refuse(PartitionFault.Busy)
            : new Verification(FaultOf((ErrorCode)reply.Error), reply.Number, reply.CoordinatorEpoch);
    }

    private async Task<VerificationReply?> AskAsync(BrokerId leader, VerificationAsk ask)
    {
        PeerReply reply = await mesh.CallAsync(
            leader, Method, VerificationJson.Encode(ask), Patience, CancellationToken.None);
        try
        {
            return reply.IsOk ? VerificationJson.DecodeReply(reply.Body.Span) : null;
        }
        catch (JsonException)
        {
            // A newer broker's answer that this one can't read tells nothing, like none.
            return null;
        }
    }

    private static PartitionFault FaultOf(ErrorCode error) => error switch
    {
        ErrorCode.None => PartitionFault.None,
        ErrorCode.InvalidTxnState => PartitionFault.NotOfTransaction,
        ErrorCode.ProducerFenced => PartitionFault.InvalidProducerEpoch,
        ErrorCode.InvalidProducerIdMapping => PartitionFault.UnknownTransaction,
        _ => PartitionFault.Busy,
    };
}

using System.Globalization;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Simulation.Invariants.Clients;

namespace Broker.Simulation.Clients;

/// <summary>
/// Asks for partitions' replicas to be elsewhere, as many as there were, and takes some of it back: also while they
/// still move. It never waits for the end of a move.
/// </summary>
internal sealed class MoverClient(
    KafkaClient client, int brokers, Func<PartitionLedger?> choose, Func<bool> isOver)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>So many wishes were granted.</summary>
    public int Granted { get; private set; }

    public async Task RunAsync()
    {
        int pause = client.Random.Next(20, 500);
        while (!isOver())
        {
            if (choose() is { } partition)
                await MoveAsync(partition);
            await client.PauseAsync(pause);
        }
    }

    /// <summary>Returns when the wish is granted, or the world over.</summary>
    public async Task InsistAsync(PartitionLedger partition, IReadOnlyList<BrokerId> target)
    {
        for (int before = Granted; Granted == before && !isOver(); await client.PauseAsync(20))
            await AskAsync(partition, target);
    }

    private Task MoveAsync(PartitionLedger partition) => AskAsync(
        partition, client.Queue.Chance(0.2) ? null : AnyReplicas(partition.Topic.Replicas));

    public async Task AskAsync(PartitionLedger partition, IReadOnlyList<BrokerId>? target)
    {
        string wish = target is null ? "to be where it was" : "to be on " + string.Join(',', target);
        client.Note($"wants {partition} {wish}");
        var request = new AlterPartitionReassignmentsRequest { TimeoutMs = 2000 };
        AlterPartitionReassignmentsRequest.ReassignableTopic topic = request.Topics.Add();
        topic.Name = partition.Topic.Name;
        AlterPartitionReassignmentsRequest.ReassignablePartition asked = topic.Partitions.Add();
        asked.PartitionIndex = partition.Id.Index;
        asked.Replicas = target is null ? null : [.. target];
        if (await TryAskAsync(request) is not { } response)
            return;

        AlterPartitionReassignmentsResponse.ReassignablePartitionResponse told = response.Responses[0].Partitions[0];
        client.Note(string.Create(CultureInfo.InvariantCulture, $"is told {told.ErrorCode}: {told.ErrorMessage}"));
        Granted += told.ErrorCode == ErrorCode.None ? 1 : 0;
        Judge(partition, told.ErrorCode, target is null, told.ErrorMessage);
    }

    // Brokers of which no majority lives get nothing; what is being deleted may be gone.
    private void Judge(PartitionLedger partition, ErrorCode code, bool isCancellation, string? message)
    {
        bool isFine = code is ErrorCode.None or ErrorCode.RequestTimedOut
            || (code == ErrorCode.InvalidReplicaAssignment && !isCancellation)
            || (code == ErrorCode.NoReassignmentInProgress && isCancellation)
            || (code == ErrorCode.UnknownTopicOrPartition && partition.Topic.IsGoing);
        if (!isFine)
            client.Complain($"a wish to move {partition} is answered with {code}: {message}");
    }

    private BrokerId[] AnyReplicas(int count)
    {
        List<BrokerId> left = [.. Enumerable.Range(1, brokers).Select(id => new BrokerId(id))];
        var chosen = new BrokerId[count];
        for (int i = 0; i < count; i++)
        {
            chosen[i] = left[client.Random.Next(left.Count)];
            left.Remove(chosen[i]);
        }

        return chosen;
    }

    private async Task<AlterPartitionReassignmentsResponse?> TryAskAsync(AlterPartitionReassignmentsRequest request)
    {
        try
        {
            KafkaLink link = await client.LinkAsync(client.AnyBroker());
            return await link.AskAsync(request, 0, Patience);
        }
        catch (LinkLostException)
        {
            return null;
        }
    }
}

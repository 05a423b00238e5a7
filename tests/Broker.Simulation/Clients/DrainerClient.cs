using System.Globalization;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Simulation.Invariants.Clients;

namespace Broker.Simulation.Clients;

/// <summary>
/// Sets brokers draining, has their replicas moved away for a while, as <c>broker cluster decommission</c> does, and
/// lets them stay after all; in the end it insists that one of them comes empty. The only one to mark brokers.
/// </summary>
internal sealed class DrainerClient(
    KafkaClient client, MoverClient mover, int brokers, Func<List<PartitionLedger>> live, Func<bool> isOver)
{
    private const sbyte BrokerResource = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    /// <summary>Whom it last wanted to leave, if it has not been told to let it stay.</summary>
    private BrokerId _leaving = BrokerId.None;

    public async Task RunAsync()
    {
        int pause = client.Random.Next(50, 600);
        while (!isOver())
        {
            await client.PauseAsync(pause);
            if (_leaving == BrokerId.None)
                await MarkAsync(new BrokerId(client.Random.Next(brokers) + 1), true);
            else if (client.Queue.Chance(0.3))
                await MarkAsync(_leaving, false);
            else
                await MoveAwayAsync();
        }
    }

    /// <summary>Returns when this broker alone is marked, and no replica is left on it.</summary>
    public async Task EmptyAsync(BrokerId leaving, Func<bool> isEmpty)
    {
        // A wish that nobody answered may have come late.
        for (int other = 1; other <= brokers; other++)
        {
            if (other != leaving.Value)
                await InsistAsync(new BrokerId(other), false);
        }

        await InsistAsync(leaving, true);
        for (; !isEmpty(); await client.PauseAsync(200))
            await MoveAwayAsync();
    }

    private async Task InsistAsync(BrokerId broker, bool isDraining)
    {
        while (!await MarkAsync(broker, isDraining))
            await client.PauseAsync(50);
    }

    /// <summary>True when it is so.</summary>
    private async Task<bool> MarkAsync(BrokerId broker, bool isDraining)
    {
        client.Note($"wants broker {broker} to {(isDraining ? "leave" : "stay")}");
        var request = new IncrementalAlterConfigsRequest();
        IncrementalAlterConfigsRequest.AlterConfigsResource resource = request.Resources.Add();
        resource.ResourceType = BrokerResource;
        resource.ResourceName = broker.Value.ToString(CultureInfo.InvariantCulture);
        IncrementalAlterConfigsRequest.AlterableConfig config = resource.Configs.Add();
        (config.Name, config.ConfigOperation, config.Value) = ("broker.draining", 0, isDraining ? "true" : "false");

        // What nobody answered may have been done.
        if (isDraining)
            _leaving = broker;
        if (await TryAskAsync(request) is not { } response)
            return false;

        (ErrorCode code, string? message) = (response.Responses[0].ErrorCode, response.Responses[0].ErrorMessage);
        client.Note(string.Create(CultureInfo.InvariantCulture, $"is told {code}: {message}"));
        Judge(broker, isDraining, code, message);
        bool isStranger = code == ErrorCode.InvalidRequest;
        if ((code == ErrorCode.None && !isDraining) || isStranger)
            _leaving = BrokerId.None;
        return code == ErrorCode.None || (isStranger && !isDraining);
    }

    // There may be no room for what it has, and a broker that was never up is not known.
    private void Judge(BrokerId broker, bool isDraining, ErrorCode code, string? message)
    {
        bool isFine = code is ErrorCode.None or ErrorCode.RequestTimedOut or ErrorCode.InvalidRequest
            || (code == ErrorCode.InvalidConfig && isDraining);
        if (!isFine)
            client.Complain($"a wish that broker {broker} leave ({isDraining}) is answered with {code}: {message}");
    }

    private async Task MoveAwayAsync()
    {
        foreach (PartitionLedger partition in live())
        {
            if (await ReplicasOfAsync(partition) is { } replicas && replicas.Contains(_leaving))
                await mover.AskAsync(partition, Without(replicas, partition.Topic.Replicas));
        }
    }

    // While replicas move, there are more of them than there are to be.
    private BrokerId[] Without(BrokerId[] replicas, int count) =>
    [
        .. replicas.Concat(Enumerable.Range(1, brokers).Select(id => new BrokerId(id))).Distinct()
            .Where(broker => broker != _leaving).Take(count),
    ];

    private async Task<BrokerId[]?> ReplicasOfAsync(PartitionLedger partition)
    {
        try
        {
            MetadataResponse.MetadataResponseTopic? topic =
                await client.DescribeAsync(partition.Topic.Name, client.AnyBroker());
            MetadataResponse.MetadataResponsePartition? found = topic?.Partitions
                .FirstOrDefault(each => each.PartitionIndex == partition.Id.Index);
            return found is null ? null : [.. found.ReplicaNodes];
        }
        catch (LinkLostException)
        {
            return null;
        }
    }

    private async Task<IncrementalAlterConfigsResponse?> TryAskAsync(IncrementalAlterConfigsRequest request)
    {
        try
        {
            KafkaLink link = await client.LinkAsync(client.AnyBroker());
            return await link.AskAsync(request, 1, Patience);
        }
        catch (LinkLostException)
        {
            return null;
        }
    }
}

using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Simulation.Clients;

/// <summary>
/// Commits rising offsets for a group of its own and fetches them, at whichever broker coordinates: what is fetched is
/// never older than what was acknowledged before, and never what was refused as not written. A commit that was never
/// answered may still come, and take the place of later ones: its sender is no member, whom a generation would fence.
/// </summary>
internal sealed class CommitterClient(KafkaClient client, string group, Func<bool> isOver)
{
    // It is there as soon as there are groups, and nobody deletes it.
    private const string Topic = InternalTopics.ConsumerOffsets;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly SortedSet<long> _unknown = [];
    private readonly SortedSet<long> _refused = [];
    private BrokerId _coordinator = BrokerId.None;
    private long _sent = -1;
    private long _acknowledged = -1;

    public async Task RunAsync()
    {
        int pause = client.Random.Next(5, 200);
        while (!isOver())
        {
            if (client.Queue.Chance(0.6))
                await TryAsync(CommitAsync);
            else
                await TryAsync(FetchAsync);
            await client.PauseAsync(pause);
        }
    }

    /// <summary>Until a coordinator has taken one more commit, and shown it.</summary>
    public async Task VerifyAsync()
    {
        long before = _acknowledged;
        while (_acknowledged == before || !await TryAsync(FetchAsync))
        {
            if (_acknowledged == before)
                await TryAsync(CommitAsync);
            await client.PauseAsync(50);
        }
    }

    private async Task<bool> TryAsync(Func<KafkaLink, Task<bool>> ask)
    {
        try
        {
            if (_coordinator == BrokerId.None && !await FindAsync())
                return false;
            if (await ask(await client.LinkAsync(_coordinator)))
                return true;
        }
        catch (LinkLostException)
        {
            // Another one may coordinate by now.
        }

        _coordinator = BrokerId.None;
        return false;
    }

    private async Task<bool> FindAsync()
    {
        KafkaLink link = await client.LinkAsync(client.AnyBroker());
        FindCoordinatorResponse found = await link.AskAsync(new FindCoordinatorRequest { Key = group }, 3, Patience);
        if (found.ErrorCode is not (ErrorCode.None or ErrorCode.CoordinatorNotAvailable))
            client.Complain($"FindCoordinator of {group} is answered with {found.ErrorCode}");
        if (found.ErrorCode != ErrorCode.None)
            return false;

        _coordinator = found.NodeId;
        return true;
    }

    private async Task<bool> CommitAsync(KafkaLink link)
    {
        long offset = ++_sent;
        var request = new OffsetCommitRequest { GroupId = group };
        OffsetCommitRequest.OffsetCommitRequestTopic topic = request.Topics.Add();
        topic.Name = Topic;
        topic.Partitions.Add().CommittedOffset = offset;
        _unknown.Add(offset);
        OffsetCommitResponse response = await link.AskAsync(request, 8, Patience);
        ErrorCode error = response.Topics[0].Partitions[0].ErrorCode;
        client.Note($"commits {offset} for {group} and is told {error}");
        switch (error)
        {
            case ErrorCode.None:
                _unknown.Remove(offset);
                _acknowledged = offset;
                return true;
            case ErrorCode.NotCoordinator or ErrorCode.CoordinatorLoadInProgress or ErrorCode.UnknownTopicOrPartition:
                _unknown.Remove(offset);
                _refused.Add(offset);
                return false;
            case ErrorCode.CoordinatorNotAvailable:
                return false;
            default:
                client.Complain($"a commit for {group} is answered with {error}");
                return false;
        }
    }

    private async Task<bool> FetchAsync(KafkaLink link)
    {
        long acknowledged = _acknowledged;
        var request = new OffsetFetchRequest { GroupId = group };
        OffsetFetchRequest.OffsetFetchRequestTopic topic = request.Topics!.Add();
        topic.Name = Topic;
        topic.PartitionIndexes.Add(0);
        OffsetFetchResponse response = await link.AskAsync(request, 7, Patience);
        if (response.ErrorCode is ErrorCode.NotCoordinator or ErrorCode.CoordinatorLoadInProgress)
            return false;
        if (response.ErrorCode != ErrorCode.None)
        {
            client.Complain($"a fetch for {group} is answered with {response.ErrorCode}");
            return false;
        }

        long offset = response.Topics[0].Partitions[0].CommittedOffset;
        client.Note($"fetches {offset} for {group}");
        if (offset < acknowledged && !_unknown.Contains(offset))
            client.Complain($"{group} has committed {acknowledged}, and fetches {offset}");
        if (offset > _sent || _refused.Contains(offset))
            client.Complain($"{group} fetches {offset}, which was never written");
        return true;
    }
}

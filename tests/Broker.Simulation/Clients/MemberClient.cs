using System.Globalization;
using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Simulation.Invariants.Clients;

namespace Broker.Simulation.Clients;

/// <summary>
/// A member of a classic group, at whichever broker coordinates: it joins, shares out the work if it leads, commits
/// offsets of what it owns one after another, and now and then leaves, falls silent for longer than its session, is
/// another process that knows nothing, or commits for a generation that is over.
/// </summary>
internal sealed class MemberClient(KafkaClient client, string group, GroupLedger ledger, Func<bool> isOver)
{
    // It is there as soon as there are groups, and nobody deletes it.
    private const string Topic = InternalTopics.ConsumerOffsets;
    private const string Protocol = "shares";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly SortedDictionary<int, long> _owned = [];
    private readonly int _sessionMs = client.Random.Next(200, 2000);
    private BrokerId _coordinator = BrokerId.None;
    private string _id = "";
    private int _generation = -1;
    private int _committedIn = -1;

    private enum Step
    {
        Done,

        /// <summary>The coordinator is another, or not to be reached.</summary>
        Lost,

        /// <summary>There is a rebalance to join, or it is no member any more.</summary>
        Rejoin,
    }

    public async Task RunAsync(bool isSteady)
    {
        int pause = client.Random.Next(5, 100);
        while (!isOver())
        {
            if (!isSteady && client.Queue.Chance(0.02))
                await DisappearAsync();
            else
                await TryAsync(link => _generation < 0 ? JoinAsync(link) : WorkAsync(link));
            await client.PauseAsync(pause);
        }
    }

    private async Task DisappearAsync()
    {
        bool isOrderly = client.Queue.Chance(0.3);
        client.Note(isOrderly ? $"leaves {group}" : $"is silent in {group}");
        if (isOrderly)
            await TryAsync(LeaveAsync);
        await client.PauseAsync(2 * _sessionMs);

        // Who was only silent finds out what has become of it.
        if (isOrderly || client.Queue.Chance(0.5))
            (_id, _generation, _committedIn) = ("", -1, -1);
    }

    private async Task TryAsync(Func<KafkaLink, Task<Step>> ask)
    {
        Step step = Step.Lost;
        try
        {
            if (_coordinator != BrokerId.None || await FindAsync())
                step = await ask(await client.LinkAsync(_coordinator));
        }
        catch (LinkLostException)
        {
            // Another one may coordinate by now.
        }

        if (step == Step.Lost)
            _coordinator = BrokerId.None;
        if (step == Step.Rejoin)
            _generation = -1;
    }

    private async Task<bool> FindAsync()
    {
        KafkaLink link = await client.LinkAsync(client.AnyBroker());
        var request = new FindCoordinatorRequest();
        request.CoordinatorKeys.Add(group);
        FindCoordinatorResponse response = await link.AskAsync(request, 4, Patience);
        FindCoordinatorResponse.Coordinator found = response.Coordinators[0];
        _coordinator = found.ErrorCode == ErrorCode.None ? found.NodeId : BrokerId.None;
        return found.ErrorCode == ErrorCode.None;
    }

    private async Task<Step> JoinAsync(KafkaLink link)
    {
        var request = new JoinGroupRequest
        {
            GroupId = group,
            MemberId = _id,
            SessionTimeoutMs = _sessionMs,
            RebalanceTimeoutMs = 2 * _sessionMs,
            ProtocolType = "simulated",
        };
        request.Protocols.Add().Name = Protocol;
        JoinGroupResponse joined = await link.AskAsync(request, 5, Patience);
        client.Note($"joins {group} as '{_id}' and is told {joined.ErrorCode}, generation {joined.GenerationId}");
        if (joined.ErrorCode == ErrorCode.MemberIdRequired)
            _id = joined.MemberId;
        if (joined.ErrorCode is not (ErrorCode.None or ErrorCode.MemberIdRequired))
            return Judge(joined.ErrorCode, "a join");
        if (joined.ErrorCode == ErrorCode.MemberIdRequired)
            return Step.Rejoin;

        _id = joined.MemberId;
        return await SyncAsync(link, joined);
    }

    private async Task<Step> SyncAsync(KafkaLink link, JoinGroupResponse joined)
    {
        var request = new SyncGroupRequest { GroupId = group, MemberId = _id, GenerationId = joined.GenerationId };
        int count = joined.Members.Count;
        for (int i = 0; i < count && joined.Leader == _id; i++)
        {
            SyncGroupRequest.SyncGroupRequestAssignment share = request.Assignments.Add();
            share.MemberId = joined.Members[i].MemberId;
            share.Assignment = Enumerable.Range(0, ledger.Partitions)
                .Where(partition => (partition + joined.GenerationId) % count == i)
                .Select(partition => (byte)partition).ToArray();
        }

        SyncGroupResponse synced = await link.AskAsync(request, 3, Patience);
        string owned = string.Join(',', synced.Assignment.ToArray());
        client.Note($"syncs generation {joined.GenerationId} of {group} and is told {synced.ErrorCode}, [{owned}]");
        if (synced.ErrorCode != ErrorCode.None)
            return Judge(synced.ErrorCode, "a sync") == Step.Lost ? Step.Lost : Step.Rejoin;

        _generation = joined.GenerationId;
        int[] before = [.. _owned.Keys];
        _owned.Clear();
        int[] shares = [.. synced.Assignment.ToArray().Select(partition => (int)partition)];
        ledger.Owned(_id, _generation, shares);
        foreach (int partition in shares)
            _owned.Add(partition, -1);
        if (before.Length > 0 && client.Queue.Chance(0.3))
            await CommitLateAsync(link, before[0]);
        _committedIn = _generation;
        return Step.Done;
    }

    private async Task<Step> WorkAsync(KafkaLink link)
    {
        foreach (int partition in _owned.Keys.ToList())
        {
            Step step = _owned[partition] < 0
                ? await FetchAsync(link, partition)
                : await CommitAsync(link, partition, _generation);
            if (step != Step.Done)
                return step;
        }

        // As somebody does who only looks how far the others are.
        int any = client.Random.Next(ledger.Partitions);
        if (!_owned.ContainsKey(any) && await FetchAsync(link, any) is var looked && looked != Step.Done)
            return looked;

        var request = new HeartbeatRequest { GroupId = group, MemberId = _id, GenerationId = _generation };
        HeartbeatResponse response = await link.AskAsync(request, 3, Patience);
        return Judge(response.ErrorCode, "a heartbeat");
    }

    private async Task<Step> FetchAsync(KafkaLink link, int partition)
    {
        object? last = ledger.LastOf(partition);
        var request = new OffsetFetchRequest { GroupId = group };
        OffsetFetchRequest.OffsetFetchRequestTopic topic = request.Topics!.Add();
        topic.Name = Topic;
        topic.PartitionIndexes.Add(partition);
        OffsetFetchResponse response = await link.AskAsync(request, 7, Patience);
        if (response.ErrorCode != ErrorCode.None)
            return Judge(response.ErrorCode, "a fetch of offsets");

        OffsetFetchResponse.OffsetFetchResponsePartition found = response.Topics[0].Partitions[0];
        client.Note(string.Create(
            CultureInfo.InvariantCulture, $"goes on behind {found.CommittedOffset} of {group}'s {partition}"));
        ledger.Fetched(partition, found.Metadata ?? "", found.CommittedOffset, last);
        if (_owned.ContainsKey(partition))
            _owned[partition] = found.CommittedOffset + 1;
        return Step.Done;
    }

    private async Task<Step> CommitAsync(KafkaLink link, int partition, int generation)
    {
        long offset = _owned[partition]++;
        string token = ledger.Committing(_id, generation, partition, offset);
        var request = new OffsetCommitRequest { GroupId = group, MemberId = _id, GenerationId = generation };
        OffsetCommitRequest.OffsetCommitRequestTopic topic = request.Topics.Add();
        topic.Name = Topic;
        OffsetCommitRequest.OffsetCommitRequestPartition asked = topic.Partitions.Add();
        (asked.PartitionIndex, asked.CommittedOffset, asked.CommittedMetadata) = (partition, offset, token);
        OffsetCommitResponse response = await link.AskAsync(request, 8, Patience);
        ErrorCode error = response.Topics[0].Partitions[0].ErrorCode;
        client.Note($"commits {token} in generation {generation} and is told {error}");
        if (error == ErrorCode.None)
            ledger.Acknowledged(token, partition);
        else if (error != ErrorCode.CoordinatorNotAvailable)
            ledger.Refused(token);
        return error == ErrorCode.UnknownTopicOrPartition ? Step.Lost : Judge(error, "a commit");
    }

    // What it did in the generation before, and did not get done in time.
    private async Task CommitLateAsync(KafkaLink link, int partition)
    {
        if (_committedIn < 0 || _committedIn == _generation)
            return;

        bool isOwned = _owned.TryGetValue(partition, out long next);
        _owned[partition] = 0;
        await CommitAsync(link, partition, _committedIn);
        _owned.Remove(partition);
        if (isOwned)
            _owned.Add(partition, next);
    }

    private async Task<Step> LeaveAsync(KafkaLink link)
    {
        var request = new LeaveGroupRequest { GroupId = group };
        request.Members.Add().MemberId = _id;
        LeaveGroupResponse response = await link.AskAsync(request, 3, Patience);
        return Judge(response.ErrorCode, "a farewell");
    }

    private Step Judge(ErrorCode error, string asked)
    {
        switch (error)
        {
            case ErrorCode.None:
                return Step.Done;
            case ErrorCode.NotCoordinator or ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable:
                return Step.Lost;
            case ErrorCode.UnknownMemberId:
                (_id, _committedIn) = ("", -1);
                return Step.Rejoin;
            case ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration:
                return Step.Rejoin;
            default:
                client.Complain($"{asked} in {group} is answered with {error}");
                return Step.Rejoin;
        }
    }
}

using Broker.Client.Connections;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Groups;

/// <summary>
/// Finds where many partitions begin or end, with one question to each leader. Leaders that are missing or move are
/// waited for a short time; a partition without an answer then, or that is no more, is left out. Any thread.
/// </summary>
internal sealed class LogBounds(ClientOptions options, ConnectionPool pool, AdminClient admin)
{
    // An election is over by then; whoever looks at a group shall see it although a partition is without a leader.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyDictionary<TopicPartition, Offset>> FindAsync(
        IEnumerable<TopicPartition> partitions, StartPosition bound, CancellationToken token)
    {
        Dictionary<TopicPartition, Offset> found = [];
        HashSet<TopicPartition> missing = [.. partitions];
        Backoff backoff = new(options);
        long giveUp = Deadlines.After(
            options, options.OperationTimeout < Patience ? options.OperationTimeout : Patience);
        while (missing.Count > 0)
        {
            foreach (IGrouping<HostAndPort, TopicPartition> led in
                await ByLeaderAsync(missing, token).ConfigureAwait(false))
            {
                await AskAsync(led.Key, AskingFor(led, bound), missing, found, token).ConfigureAwait(false);
            }

            if (missing.Count == 0 || Deadlines.HasPassed(options, giveUp))
            {
                break;
            }

            await Task.Delay(backoff.Next(), options.Clock, token).ConfigureAwait(false);
        }

        return found;
    }

    /// <summary>Those that have a leader now; what does not exist is no longer looked for.</summary>
    private async Task<IReadOnlyList<IGrouping<HostAndPort, TopicPartition>>> ByLeaderAsync(
        HashSet<TopicPartition> missing, CancellationToken token)
    {
        MetadataRequest request = new() { AllowAutoTopicCreation = false };
        foreach (string topic in missing.Select(partition => partition.Topic).Distinct())
        {
            request.Topics!.Add().Name = topic;
        }

        MetadataResponse response = await admin.AskAnyAsync(request, token).ConfigureAwait(false);
        Dictionary<BrokerId, HostAndPort> brokers = response.Brokers.ToDictionary(
            broker => broker.NodeId, broker => new HostAndPort(broker.Host, broker.Port));
        Dictionary<TopicPartition, BrokerId> leaders = [];
        foreach (MetadataResponse.MetadataResponseTopic topic in response.Topics)
        {
            foreach (MetadataResponse.MetadataResponsePartition partition in topic.Partitions)
            {
                leaders[new TopicPartition(topic.Name ?? "", partition.PartitionIndex)] = partition.LeaderId;
            }
        }

        missing.IntersectWith(leaders.Keys);
        return
        [
            .. missing
                .Where(partition => brokers.ContainsKey(leaders[partition]))
                .GroupBy(partition => brokers[leaders[partition]]),
        ];
    }

    private async Task AskAsync(
        HostAndPort leader,
        ListOffsetsRequest request,
        HashSet<TopicPartition> missing,
        Dictionary<TopicPartition, Offset> found,
        CancellationToken token)
    {
        ListOffsetsResponse response;
        try
        {
            BrokerConnection connection = await pool.GetAsync(leader, token).ConfigureAwait(false);
            response = await connection
                .SendAsync(request, options.RequestTimeout, token)
                .ConfigureAwait(false);
        }
        catch (UnreachableException)
        {
            return; // it leads no more, or will not for long
        }

        foreach (ListOffsetsResponse.ListOffsetsTopicResponse topic in response.Topics)
        {
            foreach (ListOffsetsResponse.ListOffsetsPartitionResponse answer in topic.Partitions)
            {
                TopicPartition partition = new(topic.Name, answer.PartitionIndex);
                if (answer.ErrorCode == ErrorCode.None)
                {
                    found[partition] = new Offset(answer.Offset);
                }

                if (!Retriable.Is(answer.ErrorCode))
                {
                    missing.Remove(partition);
                }
            }
        }
    }

    private static ListOffsetsRequest AskingFor(IEnumerable<TopicPartition> partitions, StartPosition bound)
    {
        ListOffsetsRequest request = new();
        foreach (IGrouping<string, TopicPartition> topic in partitions.GroupBy(partition => partition.Topic))
        {
            ListOffsetsRequest.ListOffsetsTopic named = request.Topics.Add();
            named.Name = topic.Key;
            foreach (TopicPartition partition in topic)
            {
                ListOffsetsRequest.ListOffsetsPartition asked = named.Partitions.Add();
                asked.PartitionIndex = partition.Partition;
                asked.CurrentLeaderEpoch = -1;
                asked.Timestamp = bound.Timestamp;
            }
        }

        return request;
    }
}

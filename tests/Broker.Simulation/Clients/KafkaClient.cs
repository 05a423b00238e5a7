using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Simulation.Invariants;
using Broker.Simulation.Network;
using Broker.Simulation.Time;

namespace Broker.Simulation.Clients;

/// <summary>
/// One client process: connections to brokers as they are needed, and what it has heard of who leads what. Written for
/// the simulator, with plain awaits on its own queue; it never dies.
/// </summary>
internal sealed class KafkaClient
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromMilliseconds(500);

    private readonly ClientNetwork _network;
    private readonly IReadOnlyList<BrokerId> _brokers;
    private readonly Findings _findings;
    private readonly SortedDictionary<BrokerId, KafkaLink> _links = [];
    private readonly SortedDictionary<PartitionId, LeaderHint> _leaders = [];
    private readonly SortedDictionary<PartitionId, int> _epochs = [];

    public KafkaClient(string name, ClientNetwork network, IReadOnlyList<BrokerId> brokers, Findings findings)
    {
        Name = name;
        _network = network;
        _brokers = brokers;
        _findings = findings;
        Life = new Life(name, network.Queue);
        Time = new SimulatedTime(network.Queue, Life);
    }

    public readonly record struct LeaderHint(BrokerId Leader, int Epoch);

    public string Name { get; }

    public Life Life { get; }

    public TimeProvider Time { get; }

    public Random Random => _network.Queue.Random;

    public EventQueue Queue => _network.Queue;

    /// <summary>Begins what the client does, in its own process; the task ends with it.</summary>
    public Task Begin(Func<Task> work)
    {
        var done = new TaskCompletionSource();
        Queue.After(Queue.Draw(1, 10_000), Life, "client", () => _ = RunAsync(work, done));
        return done.Task;
    }

    public Task PauseAsync(int milliseconds) =>
        Task.Delay(TimeSpan.FromMilliseconds(Queue.Draw(1, 2 * milliseconds)), Time);

    public void Note(string what) => Queue.Trace.Note(Queue.Now, Name, what);

    /// <summary>An answer that no client should ever hear.</summary>
    public void Complain(string what) => _findings.Add($"{Name}: {what}");

    public BrokerId AnyBroker() => _brokers[Random.Next(_brokers.Count)];

    /// <summary>A connection that is up; several callers may use it side by side.</summary>
    /// <exception cref="LinkLostException">There is none to be had.</exception>
    public async Task<KafkaLink> LinkAsync(BrokerId broker)
    {
        if (_links.TryGetValue(broker, out KafkaLink? known) && !known.IsLost)
            return known;

        KafkaLink link = await KafkaLink.OpenAsync(
            () => _network.ConnectAsync(Name, Life, broker), Time, ConnectPatience, _findings);
        return _links[broker] = link;
    }

    /// <summary>Who leads, as last heard; none if that is not known.</summary>
    public LeaderHint LeaderOf(PartitionId partition) =>
        _leaders.TryGetValue(partition, out LeaderHint hint) ? hint : new LeaderHint(BrokerId.None, -1);

    public void Forget(PartitionId partition) => _leaders.Remove(partition);

    /// <summary>A leader of an older epoch than it knows of is none (KIP-320).</summary>
    public void Heard(PartitionId partition, BrokerId leader, int epoch)
    {
        if (epoch < _epochs.GetValueOrDefault(partition))
            return;

        _epochs[partition] = epoch;
        if (leader != BrokerId.None)
            _leaders[partition] = new LeaderHint(leader, epoch);
    }

    /// <summary>Asks any broker about a topic. Null: it does not know it (yet, or any more).</summary>
    /// <exception cref="LinkLostException">It did not answer.</exception>
    public async Task<MetadataResponse.MetadataResponseTopic?> DescribeAsync(string topic, BrokerId broker)
    {
        var request = new MetadataRequest { Topics = new(), AllowAutoTopicCreation = false };
        request.Topics.Add().Name = topic;
        KafkaLink link = await LinkAsync(broker);
        MetadataResponse response = await link.AskAsync(request, 12, TimeSpan.FromSeconds(2));
        MetadataResponse.MetadataResponseTopic found = response.Topics[0];
        if (found.ErrorCode == ErrorCode.UnknownTopicOrPartition)
            return null;
        if (found.ErrorCode != ErrorCode.None)
            _findings.Add($"{Name}: broker {broker} answers Metadata of {topic} with {found.ErrorCode}");

        foreach (MetadataResponse.MetadataResponsePartition partition in found.Partitions)
        {
            Heard(
                new PartitionId(found.TopicId, partition.PartitionIndex), partition.LeaderId, partition.LeaderEpoch);
        }

        return found;
    }

    private async Task RunAsync(Func<Task> work, TaskCompletionSource done)
    {
        try
        {
            await work();
        }
        catch (Exception failure)
        {
            _findings.Add($"{Name} fails: {failure.GetType().Name}: {failure.Message} {failure.StackTrace}");
        }

        done.SetResult();
    }
}

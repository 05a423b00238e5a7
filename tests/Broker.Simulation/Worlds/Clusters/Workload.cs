using Broker.Model;
using Broker.Simulation.Clients;
using Broker.Simulation.Invariants.Clients;

namespace Broker.Simulation.Worlds.Clusters;

/// <summary>The clients of a world, and what they do.</summary>
internal sealed class Workload
{
    private const string Drainer = "drainer";

    private readonly ClusterWorld _world;
    private readonly List<KafkaClient> _clients = [];
    private readonly List<ProducerClient> _producers = [];
    private readonly List<Task> _running = [];
    private readonly List<TopicLedger> _topics = [];
    private readonly List<CommitterClient> _committers = [];
    private readonly List<(KafkaClient Client, MemberClient Member)> _members = [];
    private readonly GroupLedger _shared;
    private readonly List<TransferClient> _transfers = [];
    private DrainerClient? _drainer;
    private bool _isOver;
    private bool _isSharing;
    private int _verifiers;

    public Workload(ClusterWorld world)
    {
        _world = world;
        _shared = new GroupLedger("shared", ClusterWorld.OffsetsPartitions, world.Findings);
    }

    public IReadOnlyList<KafkaClient> Clients => _clients;

    public IReadOnlyList<TopicLedger> Topics => _topics;

    /// <summary>Transactions that were answered as committed.</summary>
    public int Transfers => _transfers.Sum(transfers => transfers.Committed);

    public int Acknowledged => _producers.Sum(producer => producer.Acknowledged);

    /// <summary>Every client has noticed that it is over.</summary>
    public bool IsIdle => _running.TrueForAll(task => task.IsCompleted);

    /// <summary>What the verification is at.</summary>
    public string Doing { get; private set; } = "nothing";

    public void Begin()
    {
        KafkaClient admin = Add("admin");
        _running.Add(admin.Begin(NewAdmin(admin, HaveAllHeard, () => _isOver).RunAsync));
        for (int i = _world.Queue.Random.Next(1, 4); i > 0; i--)
        {
            ProducerClient producer = NewProducer(Add($"producer-{i}"));
            _running.Add(_clients[^1].Begin(producer.RunAsync));
        }

        for (int i = _world.Queue.Random.Next(1, 3); i > 0; i--)
        {
            ConsumerClient consumer = NewConsumer(Add($"consumer-{i}"));
            _running.Add(_clients[^1].Begin(consumer.RunAsync));
        }

        if (_world.HasShortLogs)
        {
            KafkaClient eraser = Add("eraser");
            _running.Add(eraser.Begin(new EraserClient(eraser, _world.Invariants, Choose, () => _isOver).RunAsync));
        }

        BeginGroups();
        if (_world.Options.AltersConfigs)
        {
            var configurer = new ConfigurerClient(Add("configurer"), ChooseTopic, () => _isOver);
            _running.Add(_clients[^1].Begin(configurer.RunAsync));
        }

        for (int i = _world.Options.HasTransactions ? 2 : 0; i > 0; i--)
        {
            var transfers = new TransferClient(Add($"transfers-{i}"), $"id-{i}", () => _isOver);
            _transfers.Add(transfers);
            _running.Add(_clients[^1].Begin(transfers.RunAsync));
        }

        if (_world.Options.HasMoves)
        {
            var mover = new MoverClient(Add("mover"), _world.Seats.Count, Choose, () => _isOver);
            _running.Add(_clients[^1].Begin(mover.RunAsync));
        }

        if (_world.Options.HasDrains)
        {
            _drainer = NewDrainer(Add(Drainer));
            _running.Add(_clients[^1].Begin(_drainer.RunAsync));
        }
    }

    public void Stop() => _isOver = true;

    /// <summary>Asks for one move until somebody answers; completes when it is granted.</summary>
    public Task Move(PartitionLedger partition, IReadOnlyList<BrokerId> target)
    {
        var mover = new MoverClient(Add("operator"), _world.Seats.Count, Choose, () => _isOver);
        return _clients[^1].Begin(() => mover.InsistAsync(partition, target));
    }

    /// <summary>Insists that a broker has no replica any more, until that is so.</summary>
    public Task Empty(BrokerId broker, Func<bool> isEmpty) =>
        _clients.Single(client => client.Name == Drainer).Begin(() => _drainer!.EmptyAsync(broker, isEmpty));

    /// <summary>The partitions of all topics that nobody is deleting.</summary>
    public List<PartitionLedger> Live() =>
        [.. _topics.Where(topic => !topic.IsGoing).SelectMany(topic => topic.Partitions)];

    /// <summary>
    /// Every partition of every topic takes a record of an idempotent producer and shows all that it ever promised.
    /// </summary>
    public Task Verify()
    {
        KafkaClient client = Add($"verifier-{++_verifiers}");
        return client.Begin(() => VerifyAsync(client));
    }

    public string Describe() => $"{_topics.Count(topic => !topic.IsGoing)} topics, {_running.Count(
        task => !task.IsCompleted)} clients still run";

    private void BeginGroups()
    {
        for (int i = _world.Options.HasGroups ? 3 : 0; i > 0; i--)
        {
            var committer = new CommitterClient(Add($"committer-{i}"), $"group-{i}", () => _isOver);
            _committers.Add(committer);
            _running.Add(_clients[^1].Begin(committer.RunAsync));
        }

        for (int i = _world.Options.HasGroups ? 3 : 0; i > 0; i--)
        {
            KafkaClient client = Add($"member-{i}");
            var member = new MemberClient(
                client, "shared", _shared, () => _isOver && (!_isSharing || _shared.IsShared));
            _members.Add((client, member));
            _running.Add(client.Begin(() => member.RunAsync(isSteady: false)));
        }
    }

    private async Task VerifyAsync(KafkaClient client)
    {
        Doing = "every broker's view of the topics";
        await NewAdmin(client, () => false, () => false).LookAroundAsync(
            [.. _world.Seats.Select(seat => seat.Id)]);
        Doing = "every broker's view of the configs";
        var configurer = new ConfigurerClient(client, ChooseTopic, () => false);
        foreach (BrokerSeat seat in _world.Options.AltersConfigs ? _world.Seats : [])
        {
            foreach (TopicLedger topic in _topics.Where(topic => !topic.IsGoing))
                await configurer.InsistAsync(topic, seat.Id);
        }

        foreach (PartitionLedger partition in Live())
        {
            Doing = $"writing to {partition}";
            await NewProducer(client).WriteIdempotentAsync(partition, 1, () => false);
            Doing = $"reading {partition}";
            (Offset start, List<SeenBatch> content) = await NewConsumer(client).ReadWholeAsync(partition);
            _world.Invariants.ReadWhole(partition, start, content);
        }

        foreach (CommitterClient committer in _committers)
        {
            Doing = "committing and fetching offsets";
            await committer.VerifyAsync();
        }

        foreach (TransferClient transfers in _transfers)
        {
            Doing = "committing a transaction, and reading all";
            await transfers.VerifyAsync();
        }

        Doing = "sharing the work of a group";
        await ShareAsync();
    }

    // All its members come back, and stay until each partition has been committed by its owner once more.
    private async Task ShareAsync()
    {
        _isSharing = true;
        _shared.BeginAnew();
        Task[] sharing = [.. _members.Select(each => each.Client.Begin(() => each.Member.RunAsync(isSteady: true)))];
        foreach (Task each in sharing)
            await each;
        _isSharing = false;
    }

    private KafkaClient Add(string name)
    {
        var client = new KafkaClient(
            name, _world.ClientNetwork, [.. _world.Seats.Select(seat => seat.Id)], _world.Findings);
        _clients.Add(client);
        return client;
    }

    private AdminClient NewAdmin(KafkaClient client, Func<bool> namesAreFree, Func<bool> isOver) =>
        new(client, _topics, namesAreFree, isOver)
        {
            MakesShortLogs = _world.HasShortLogs,
            FewestReplicas = _world.HasLosses ? 3 : 1,
        };

    private DrainerClient NewDrainer(KafkaClient client)
    {
        var mover = new MoverClient(client, _world.Seats.Count, Choose, () => _isOver);
        return new DrainerClient(client, mover, _world.Seats.Count, Live, () => _isOver);
    }

    private ProducerClient NewProducer(KafkaClient client)
    {
        var producer = new ProducerClient(client, _world.Invariants, Choose, () => _isOver);
        _producers.Add(producer);
        return producer;
    }

    private ConsumerClient NewConsumer(KafkaClient client) =>
        new(client, _world.Invariants, Choose, () => _isOver, _world.CanElect)
        {
            UsesSessions = (_world.Seed + _clients.Count) % 2 == 0,
        };

    private PartitionLedger? Choose()
    {
        List<PartitionLedger> live = Live();
        return live.Count == 0 ? null : live[_world.Queue.Random.Next(live.Count)];
    }

    private TopicLedger? ChooseTopic()
    {
        List<TopicLedger> live = [.. _topics.Where(topic => !topic.IsGoing)];
        return live.Count == 0 ? null : live[_world.Queue.Random.Next(live.Count)];
    }

    private bool HaveAllHeard() =>
        _world.Seats.All(seat => seat.IsReady && seat.MetadataIndex == _world.Metadata.Last);
}

using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Confluent.Kafka;
using Xunit;

namespace Broker.Interop.Tests.Coordinated;

/// <summary>
/// Groups of stock consumers: two share the work, one is killed, the broker that coordinates them is killed, and what
/// was committed is read by nobody again.
/// </summary>
public sealed class GroupTests
{
    private const string Topic = "work";
    private const string Group = "workers";
    private const string OffsetsTopic = "__consumer_offsets";
    private const int Partitions = 4;
    private const int Coordinators = 50;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// It keeps the broker that it has chosen for a fetch through all its tries, and its stream ends if the partition
    /// is led elsewhere by then (decision 0017). With it the coordinator, which leads partitions too, stays.
    /// </summary>
    private const string NotWithoutCoordinator = "@platformatic/kafka";

    public static TheoryData<string, bool> Clients()
    {
        var data = new TheoryData<string, bool>();
        foreach (string client in StockClients.Members)
            data.Add(client, client != NotWithoutCoordinator);
        return data;
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Members_come_and_go_and_the_coordinator_too_and_nothing_is_read_again(
        string client, bool losesCoordinator)
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync();
        var producer = new ConfluentClient(cluster.Bootstrap);
        await producer.CreateTopicAsync(Topic, Partitions, 3, new Dictionary<string, string>());
        using GroupMember one = StockClients.Join(client, cluster.Bootstrap, Group, Topic);
        using GroupMember two = StockClients.Join(client, cluster.Bootstrap, Group, Topic);
        await Deadline.UntilAsync("two members to share the work", Limit, () => Task.FromResult(
            one.Assigned.Count > 0 && two.Assigned.Count > 0
            && one.Assigned.Concat(two.Assigned).Order().SequenceEqual(Enumerable.Range(0, Partitions))));
        await ProduceAsync(producer, 5);
        await UntilReadAsync(5, one, two);
        Assert.NotEmpty(one.Read);
        Assert.NotEmpty(two.Read);

        await two.KillAsync();
        await UntilAllAssignedAsync(one);
        await ProduceAsync(producer, 5);
        await UntilReadAsync(10, one, two);

        BrokerProcess coordinator = cluster.Broker(await CoordinatorAsync(producer));
        if (losesCoordinator)
            await coordinator.KillAsync();
        await ProduceAsync(producer, 5);
        await UntilReadAsync(15, one, two);
        await UntilCommittedAsync(cluster.Bootstrap, 15);
        if (losesCoordinator)
            coordinator.Start();
        await cluster.WaitUntilReadyAsync();

        await one.KillAsync();
        using GroupMember three = StockClients.Join(client, cluster.Bootstrap, Group, Topic);
        await UntilAllAssignedAsync(three);
        await ProduceAsync(producer, 1);
        await UntilReadAsync(16, one, two, three);
        TestContext.Current.SendDiagnosticMessage(
            $"{client}: {one.Read.Count - one.Read.Distinct().Count()} records were told twice");
        Assert.All(three.Read, record => Assert.InRange(record.Offset, EndOf(one, record.Partition), 15));
    }

    /// <summary>
    /// Behind all that it was told of once: it had committed that. A client that begins again after its coordinator has
    /// moved may be told of records a second time, and commits them a second time too, lower offsets after higher ones.
    /// </summary>
    private static long EndOf(GroupMember member, int partition)
    {
        long[] told = [.. member.Read.Where(record => record.Partition == partition).Select(record => record.Offset)];
        return told.Length == told.Distinct().Count() ? 15 : told[^1];
    }

    [Fact]
    public async Task Kcat_goes_on_where_its_group_was()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync();
        var producer = new ConfluentClient(cluster.Bootstrap);
        await producer.CreateTopicAsync(Topic, Partitions, 3, new Dictionary<string, string>());
        await ProduceAsync(producer, 3);
        var kcat = new Kcat(cluster.Bootstrap);
        string[] read = ["-G", Group, "-X", "auto.offset.reset=earliest", "-f", "%p:%o\n"];
        int count = 3 * Partitions;

        string first = await kcat.RunAsync([.. read, "-c", $"{count}", Topic]);
        await ProduceAsync(producer, 1);
        string second = await kcat.RunAsync([.. read, "-c", $"{Partitions}", Topic]);

        Assert.Equal(count, first.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count());
        Assert.Equal(
            Enumerable.Range(0, Partitions).Select(partition => $"{partition}:3"),
            second.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
    }

    private static Task ProduceAsync(ConfluentClient producer, int toEach) => producer.ProduceAsync(
        Topic,
        [
            .. from i in Enumerable.Range(0, toEach)
               from partition in Enumerable.Range(0, Partitions)
               select new ClientRecord(partition, $"{partition}", $"{i}", 1_700_000_000_000, ""),
        ],
        new ProduceSettings(-1, "none", true));

    private static Task UntilAllAssignedAsync(GroupMember member) => Deadline.UntilAsync(
        "one member to have all of the work", Limit, () => Task.FromResult(member.Assigned.Count == Partitions));

    private static Task UntilReadAsync(int ofEach, params GroupMember[] members) => Deadline.UntilAsync(
        $"{ofEach} records of each partition to be read",
        Limit,
        () => Task.FromResult(
            members.SelectMany(member => member.Read).Distinct().Count() == ofEach * Partitions));

    private static async Task UntilCommittedAsync(string bootstrap, int ofEach)
    {
        using IConsumer<Null, Null> reader = new ConsumerBuilder<Null, Null>(
            new ConsumerConfig { BootstrapServers = bootstrap, GroupId = Group }).Build();
        TopicPartition[] partitions = [.. Enumerable.Range(0, Partitions).Select(i => new TopicPartition(Topic, i))];
        await Deadline.UntilAsync("all that was read to be committed", Limit, () => Task.FromResult(
            reader.Committed(partitions, Limit).All(partition => partition.Offset == ofEach)));
    }

    // The leader of the group's partition, which is chosen by the hash that Java gives a string.
    private static async Task<int> CoordinatorAsync(ConfluentClient client)
    {
        int hash = Group.Aggregate(0, (sum, unit) => unchecked((31 * sum) + unit));
        IReadOnlyList<PartitionDescription> partitions = await client.DescribeAsync(OffsetsTopic);
        return partitions[(hash & int.MaxValue) % Coordinators].Leader;
    }
}

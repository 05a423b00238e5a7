using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Confluent.Kafka;
using Xunit;

namespace Broker.Interop.Tests.Coordinated;

/// <summary>
/// Stock clients in transactions: what is aborted is seen by nobody who asks for committed records, and what is done
/// once is there once, whoever dies meanwhile.
/// </summary>
public sealed class TransactionTests
{
    private const int Records = 300;
    private const int Coordinators = 50;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_is_committed_is_read_and_what_is_aborted_is_not()
    {
        await using ProcessCluster cluster = await StartAsync();
        foreach (string client in new[] { "python3-confluent-kafka", "kafkajs" })
        {
            string topic = "accounts-of-" + client;
            await CreateAsync(cluster, topic);
            (IReadOnlyList<string> Values, bool Commits)[] transactions = [.. Enumerable.Range(0, 12).Select(
                i => ((IReadOnlyList<string>)[$"a{i}", $"b{i}"], i % 3 != 0))];
            var writer = (ScriptClient)StockClients.Named(client, cluster.Bootstrap);
            await writer.TransactAsync(topic, "teller", transactions);

            string[] expected = [.. transactions.Where(each => each.Commits).SelectMany(each => each.Values).Order()];
            Assert.Equal(expected, ReadAll(cluster.Bootstrap, topic, expected.Length));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Records_are_transformed_exactly_once_while_brokers_are_killed(bool killsCoordinator)
    {
        await using ProcessCluster cluster = await StartAsync();
        await CreateAsync(cluster, "in");
        await CreateAsync(cluster, "out");
        var client = new ConfluentClient(cluster.Bootstrap);
        using var stop = new CancellationTokenSource();
        var worker = new TransferWorker(cluster.Bootstrap, "workers", "in", "out");
        Task working = Task.Factory.StartNew(
            () => worker.Run(stop.Token), stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await ProduceAsync(client, 0, Records / 2);
        ReadAll(cluster.Bootstrap, "out", 50);

        BrokerProcess victim = cluster.Broker(killsCoordinator
            ? await CoordinatorAsync(client)
            : (await client.DescribeAsync("out"))[0].Leader);
        await victim.KillAsync();
        await ProduceAsync(client, Records / 2, Records);
        string[] seen = ReadAll(cluster.Bootstrap, "out", Records);
        victim.Start();
        await cluster.WaitUntilReadyAsync();
        await stop.CancelAsync();
        await working.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        TestContext.Current.SendDiagnosticMessage($"{worker.Aborted} transactions were done again");
        Assert.Equal([.. Enumerable.Range(0, Records).Select(i => $"{i}!").Order()], seen);
        Assert.Equal(seen, ReadAll(cluster.Bootstrap, "out", Records));
    }

    private static Task<ProcessCluster> StartAsync() =>
        ProcessCluster.StartAsync(configure: broker => broker["transactions.enable"] = true);

    private static Task CreateAsync(ProcessCluster cluster, string topic) =>
        new ConfluentClient(cluster.Bootstrap).CreateTopicAsync(topic, 3, 3, new Dictionary<string, string>());

    private static Task ProduceAsync(ConfluentClient client, int first, int behind) => client.ProduceAsync(
        "in",
        [.. Enumerable.Range(first, behind - first)
            .Select(i => new ClientRecord(i % 3, $"{i}", $"{i}", 1_700_000_000_000, ""))],
        new ProduceSettings(-1, "none", true));

    // At least so many values, in their order, and all that there are once those have been seen.
    private static string[] ReadAll(string bootstrap, string topic, int count)
    {
        using IConsumer<string, string> consumer = new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = "reader",
            EnableAutoCommit = false,
            IsolationLevel = IsolationLevel.ReadCommitted,
        }).Build();
        consumer.Assign(Enumerable.Range(0, 3).Select(i => new TopicPartitionOffset(topic, i, 0)));
        var values = new List<string>();
        while (consumer.Consume(values.Count < count ? 2 * Limit : TimeSpan.FromSeconds(1)) is { } record)
        {
            values.Add(record.Message.Value);
        }

        return [.. values.Order()];
    }

    private static async Task<int> CoordinatorAsync(ConfluentClient client)
    {
        int hash = "transfers".Aggregate(0, (sum, unit) => unchecked((31 * sum) + unit));
        return (await client.DescribeAsync("__transaction_state"))[(hash & int.MaxValue) % Coordinators].Leader;
    }
}

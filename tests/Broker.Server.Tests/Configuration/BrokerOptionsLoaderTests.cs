using Broker.Model;
using Broker.Server.Configuration;
using Xunit;

namespace Broker.Server.Tests.Configuration;

public sealed class BrokerOptionsLoaderTests
{
    private const string Least =
        """
        {
          "broker.id": 7, "data.dir": "d", "listeners.client.bind": "127.0.0.1:9092",
          "peer.bind": "127.0.0.1:9192", "metadata.voters": "7@127.0.0.1:9192" EXTRA
        }
        """;

    [Fact]
    public void What_is_not_said_has_a_default()
    {
        BrokerOptions options = Load();
        Assert.Equal(new BrokerId(7), options.Id);
        Assert.Null(options.Rack);
        Assert.Null(options.HttpBind);
        Assert.Equal(104_857_600, options.Requests.MaxRequestBytes);
        Assert.Equal(new HostAndPort("127.0.0.1", 9092), Assert.Single(options.Listeners).Advertised);
        Assert.Equal(TimeSpan.FromSeconds(10), options.Raft.ReplicaLag);
    }

    [Fact]
    public void The_command_line_overrides_the_environment_and_both_override_the_file()
    {
        BrokerOptions options = Load(
            ", \"num.partitions\": 2, \"default.replication.factor\": 2, \"min.insync.replicas\": 2",
            [new("BROKER__NUM_PARTITIONS", "3"), new("BROKER__DEFAULT__REPLICATION__FACTOR", "3"), new("PATH", "/bin")],
            ["--num.partitions", "4", "--broker.rack=r1"]);
        TopicOptions topics = options.Topics;
        Assert.Equal((4, 3, 2), (topics.Partitions, topics.ReplicationFactor, topics.MinInSyncReplicas));
        Assert.Equal("r1", options.Rack);
    }

    [Fact]
    public void Objects_and_lists_are_the_same_as_dots_and_commas()
    {
        BrokerOptions options = Load(
            """
            , "listeners": { "inside": { "bind": "0.0.0.0:9999", "advertised": "broker-7.example:19999" } }
            , "log": { "retention": { "ms": -1 } }
            """);
        Assert.Equal(["client", "inside"], options.Listeners.Select(listener => listener.Name));
        Assert.Equal(new HostAndPort("broker-7.example", 19999), options.Listeners[1].Advertised);
        Assert.True(options.Topics.RetentionTime < TimeSpan.Zero);
    }

    [Theory]
    [InlineData("\"num.partition\": 3",
        "num.partition: unknown key, found in broker.json; did you mean num.partitions?")]
    [InlineData("\"listeners.client.advertize\": \"a:1\"",
        "listeners.client.advertize: unknown key, found in broker.json; did you mean listeners.NAME.advertised?")]
    [InlineData("\"num.partitions\": 0", "num.partitions: found '0' in broker.json; allowed: 1 to 100000.")]
    [InlineData("\"num.partitions\": \"many\"", "num.partitions: found 'many' in broker.json; allowed: 1 to 100000.")]
    [InlineData("\"auto.create.topics.enable\": \"yes\"",
        "auto.create.topics.enable: found 'yes' in broker.json; allowed: true, false.")]
    [InlineData("\"http.bind\": \"nowhere\"",
        "http.bind: found 'nowhere' in broker.json; allowed: host:port, or empty.")]
    [InlineData("\"metadata\": { \"voters\": [\"1@a:1\", \"1@b:1\"] }",
        "metadata.voters: given twice in broker.json.")]
    [InlineData("\"raft.heartbeat.ms\": 700",
        "raft.heartbeat.ms: found 700; allowed: less than raft.election.min.ms, which is 600.")]
    [InlineData("\"listeners.b.bind\": \"0.0.0.0:1\"",
        "listeners.b.advertised: found 0.0.0.0:1; allowed: an address that others can reach (a wildcard is none).")]
    [InlineData("\"message.max.bytes\": 200000000",
        "message.max.bytes: found 200000000; allowed: at most socket.request.max.bytes, which is 104857600.")]
    public void A_wrong_key_or_value_is_named_with_what_was_found_and_what_is_allowed(string extra, string message)
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => Load(", " + extra));
        Assert.Equal([message], refused.Errors);
    }

    [Fact]
    public void All_errors_are_told_at_once_with_where_they_stand()
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => Load(
            ", \"num.partitions\": -1", [new("BROKER__BROKER_ID", "x")], ["--nonsense=1", "stray"]));
        Assert.Equal(4, refused.Errors.Count);
        string all = refused.Message;
        Assert.Contains("environment variable BROKER__BROKER_ID", all, StringComparison.Ordinal);
        Assert.Contains("command line --nonsense", all, StringComparison.Ordinal);
        Assert.Contains("command line: found 'stray'; allowed: --key=value or --key value.", refused.Errors);
    }

    [Fact]
    public void A_key_that_has_to_be_given_is_missed_by_name()
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(
            () => BrokerOptionsLoader.Load("broker.json", "{}", [], []));
        Assert.Equal(
            ["broker.id", "data.dir", "listeners.NAME.bind", "metadata.voters"],
            refused.Errors.Select(error => error.Split(':')[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{ \"broker.id\": ", "broker.json: not JSON at line 1")]
    [InlineData("[1]", "broker.json: found Array; allowed: one JSON object")]
    public void What_is_no_JSON_object_is_refused(string json, string message)
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(
            () => BrokerOptionsLoader.Load("broker.json", json, [], []));
        Assert.StartsWith(message, refused.Errors[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_sample_of_each_broker_is_loaded(int id)
    {
        string name = $"broker-{id}.json";
        BrokerOptions options = BrokerOptionsLoader.Load(name, RepositoryFiles.Read("cluster-configs", name), [], []);
        Assert.Equal(new BrokerId(id), options.Id);
        Assert.Equal(new HostAndPort("127.0.0.1", 9091 + id), Assert.Single(options.Listeners).Advertised);
        Assert.Equal(new HostAndPort("127.0.0.1", 9191 + id), options.PeerAdvertised);
        Assert.Equal(new HostAndPort("127.0.0.1", 8079 + id), options.HttpBind);
        Assert.Equal(3, options.MetadataVoters.Count);
        Assert.False(options.Topics.AutoCreate);
    }

    private static BrokerOptions Load(
        string extra = "",
        IReadOnlyList<KeyValuePair<string, string>>? environment = null,
        IReadOnlyList<string>? arguments = null) =>
        BrokerOptionsLoader.Load(
            "broker.json", Least.Replace("EXTRA", extra, StringComparison.Ordinal), environment ?? [], arguments ?? []);
}

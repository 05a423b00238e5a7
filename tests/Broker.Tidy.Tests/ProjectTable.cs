namespace Broker.Tidy.Tests;

/// <summary>
/// Who may refer to whom, and which packages each room may use: the table of docs/architecture.md in code. What is
/// absent here is forbidden. A room that does not exist yet may stand here already.
/// </summary>
internal static class ProjectTable
{
    public const string Analyzer = " (analyzer)";

    public static IReadOnlyDictionary<string, string[]> Projects { get; } = new Dictionary<string, string[]>
    {
        ["Broker.Model"] = [],
        ["Broker.Generators"] = [],
        ["Broker.Protocol"] = ["Broker.Model", "Broker.Generators" + Analyzer],
        ["Broker.Storage"] = ["Broker.Model"],
        ["Broker.Raft"] = ["Broker.Model"],
        ["Broker.Replication"] = ["Broker.Model", "Broker.Raft", "Broker.Storage"],
        ["Broker.Metadata"] = ["Broker.Model"],
        ["Broker.MetadataQuorum"] = ["Broker.Model", "Broker.Metadata", "Broker.Storage"],
        ["Broker.Server"] =
        [
            "Broker.Model", "Broker.Protocol", "Broker.Storage", "Broker.Raft", "Broker.Replication",
            "Broker.Metadata", "Broker.MetadataQuorum",
        ],
        ["Broker.Client"] = ["Broker.Model", "Broker.Protocol"],
        ["Broker.Testing"] = ["Broker.Server", "Broker.Client", "Broker.Model"],
        ["Broker.Streams"] = ["Broker.Client", "Broker.Model"],
        ["Broker.Cli"] =
        [
            "Broker.Server", "Broker.Client", "Broker.Model", "Broker.Protocol", "Broker.Storage",
        ],
    };

    public static IReadOnlyDictionary<string, string[]> Packages { get; } = new Dictionary<string, string[]>
    {
        ["Broker.Model"] = [],
        ["Broker.Generators"] = ["Microsoft.CodeAnalysis.CSharp"],
        ["Broker.Protocol"] = ["K4os.Compression.LZ4.Streams", "ZstdSharp.Port", "Snappier"],
        ["Broker.Storage"] = ["Microsoft.Extensions.Logging.Abstractions"],
        ["Broker.Raft"] = [],
        ["Broker.Replication"] = ["MessagePack", "Microsoft.Extensions.Logging.Abstractions"],
        ["Broker.Metadata"] = ["MessagePack", "Microsoft.Extensions.Logging.Abstractions"],
        ["Broker.MetadataQuorum"] =
            ["MessagePack", "DotNext.Net.Cluster", "Microsoft.Extensions.Logging.Abstractions"],
        ["Broker.Server"] =
        [
            "prometheus-net.AspNetCore", "OpenTelemetry.Extensions.Hosting",
            "OpenTelemetry.Exporter.OpenTelemetryProtocol", "OpenTelemetry.Exporter.Prometheus.AspNetCore",
            "Microsoft.Extensions.Hosting",
        ],
        ["Broker.Client"] = ["Microsoft.Extensions.Logging.Abstractions"],
        ["Broker.Testing"] = [],
        ["Broker.Streams"] = [],
        ["Broker.Cli"] =
            ["System.CommandLine", "Spectre.Console", "HdrHistogram", "Microsoft.Extensions.Hosting"],
    };

    /// <summary>Rooms whose code runs in the simulator, so that clocks, threads and files are handed in.</summary>
    public static IReadOnlySet<string> ServerSide { get; } = new HashSet<string>
    {
        "Broker.Storage", "Broker.Raft", "Broker.Replication", "Broker.Metadata", "Broker.MetadataQuorum",
        "Broker.Server",
    };
}

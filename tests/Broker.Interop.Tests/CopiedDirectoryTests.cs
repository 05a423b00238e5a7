using System.Text.Json.Nodes;
using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>
/// A copy of a data directory beside its original would be one member twice: it would vote and acknowledge in its name.
/// </summary>
public sealed class CopiedDirectoryTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("copied-").FullName;

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_copy_is_kept_out_by_all_while_the_original_goes_on(int original)
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(count: 4);
        using BrokerProcess copy = Copy(cluster, original);
        copy.Start();

        await Deadline.UntilAsync("the copy to be refused", Limit, () => Task.FromResult(
            copy.Printed.Contains("stop one of them", StringComparison.Ordinal)));
        Assert.DoesNotContain("is ready", copy.Printed, StringComparison.Ordinal);
        string status = await ChildProcess.RunAsync(
            Tree.Executable, ["cluster", "status", "-b", cluster.Bootstrap, "--format", "json"]);
        JsonNode shown = JsonNode.Parse(status)!["brokers"]!.AsArray().Single(each => (int)each!["id"]! == original)!;
        Assert.Equal(cluster.Broker(original).Client, (string)shown["address"]!);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Other addresses, as it has to have on one machine; a voter's own is among the metadata voters.
    private BrokerProcess Copy(ProcessCluster cluster, int original)
    {
        string data = cluster.DataOf(original);
        JsonNode configuration = JsonNode.Parse(File.ReadAllText(data + ".json"))!;
        string own = (string)configuration["peer"]!["bind"]!;
        int[] ports = ProcessCluster.FreePorts(2);
        (string client, string peer) = ($"127.0.0.1:{ports[0]}", $"127.0.0.1:{ports[1]}");
        configuration["data.dir"] = Path.Combine(_folder, "data");
        configuration["listeners"]!["client"] = new JsonObject { ["bind"] = client, ["advertised"] = client };
        configuration["peer"] = new JsonObject { ["bind"] = peer, ["advertised"] = peer };
        configuration["http.bind"] = "";
        configuration["metadata.voters"] = new JsonArray(
            [.. configuration["metadata.voters"]!.AsArray().Select(
                voter => (JsonNode)((string)voter!).Replace(own, peer, StringComparison.Ordinal))]);
        CopyFolder(data, Path.Combine(_folder, "data"));
        string path = Path.Combine(_folder, "copy.json");
        File.WriteAllText(path, configuration.ToJsonString());
        return new BrokerProcess(original, path, client, "");
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.GetDirectories(from))
            CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
        foreach (string file in Directory.GetFiles(from).Where(file => Path.GetFileName(file) != "lock"))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}

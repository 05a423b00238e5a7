using System.Text.Json.Nodes;
using Broker.Interop.Tests.Clients;

namespace Broker.Interop.Tests.Cluster;

/// <summary>
/// A cluster and a topic of three replicas into which records are written, whatever happens meanwhile, until all that
/// was acknowledged is looked for in the end.
/// </summary>
internal sealed class LoadedCluster : IAsyncDisposable
{
    private readonly string _topic;
    private readonly int _partitions;
    private readonly OrderedWriter _writer;
    private readonly Task _writing;

    private LoadedCluster(ProcessCluster processes, ConfluentClient client, string topic, int partitions, int padding)
    {
        (Processes, Client, _topic, _partitions) = (processes, client, topic, partitions);
        _writer = new OrderedWriter(processes.Bootstrap, topic, partitions, padding);
        _writing = _writer.RunAsync();
    }

    public ProcessCluster Processes { get; }

    public ConfluentClient Client { get; }

    /// <summary>Makes the topic in a cluster that has just been started, and begins to write.</summary>
    /// <param name="padding">So many bytes more in each record.</param>
    public static async Task<LoadedCluster> StartAsync(
        Task<ProcessCluster> starting,
        string topic,
        int partitions,
        int padding = 0,
        IReadOnlyDictionary<string, string>? configs = null)
    {
        ProcessCluster processes = await starting;
        try
        {
            var client = new ConfluentClient(processes.Bootstrap);
            await client.CreateTopicAsync(topic, partitions, 3, configs ?? new Dictionary<string, string>());
            return new LoadedCluster(processes, client, topic, partitions, padding);
        }
        catch
        {
            await processes.DisposeAsync();
            throw;
        }
    }

    public Task<IReadOnlyList<PartitionDescription>> DescribeAsync() => Client.DescribeAsync(_topic);

    public Task<string> RunAsync(params string[] arguments) => Processes.RunAsync(arguments);

    /// <summary>Waits until so many more records are acknowledged.</summary>
    public Task TakesAsync(int records)
    {
        int before = _writer.Acknowledged;
        return Deadline.UntilAsync(
            "records to be taken",
            TimeSpan.FromSeconds(60),
            () => Task.FromResult(_writer.Acknowledged >= before + records));
    }

    public Task LeadsAsync(int broker, bool leads) => Deadline.UntilAsync(
        $"broker {broker} to lead {(leads ? "something" : "nothing")}",
        TimeSpan.FromSeconds(60),
        async () => (await DescribeAsync()).Any(partition => partition.Leader == broker) == leads);

    /// <summary>Ends by itself once all is well, and no replica is missing among those in sync.</summary>
    public Task<string> HealthyAsync() => RunAsync("cluster", "health", "--watch");

    /// <summary>Ends the writing: all that was acknowledged is there, in order, and once.</summary>
    public async Task FindAllAsync()
    {
        _writer.End();
        await _writing;
        await _writer.FindAllAsync(Client);
    }

    /// <summary>And then no replica of any broker is damaged or differs from another.</summary>
    public async Task EndAsync()
    {
        await FindAllAsync();
        await Verdict.IsCleanAsync(Processes, _partitions);
    }

    public ValueTask DisposeAsync()
    {
        _writer.End();
        return Processes.DisposeAsync();
    }
}

using Broker.Interop.Tests.Cluster;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(SharedCluster))]
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Broker.Interop.Tests.Cluster;

/// <summary>The cluster of all tests that break nothing. They share it, and each has topics of its own.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    private ProcessCluster? _cluster;
    private int _topics;

    internal ProcessCluster Running => _cluster ?? throw new InvalidOperationException("the cluster was not started");

    public string Bootstrap => Running.Bootstrap;

    /// <summary>A topic name that no other test has.</summary>
    public string NewName(string kind) => $"{kind}-{Interlocked.Increment(ref _topics)}";

    public async ValueTask InitializeAsync() => _cluster = await ProcessCluster.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }
}

using Broker.Metadata;
using Broker.Model;
using Broker.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.MetadataQuorum.Tests;

/// <summary>One broker's metadata room in a test, on a real directory.</summary>
internal sealed class TestBroker : IMetadataSubscriber, IAsyncDisposable
{
    private readonly PosixFileSystem _files = new();
    private readonly List<IReadOnlyList<MetadataRecord>> _applied = [];
    private Task<MetadataQuorum>? _opening;

    public TestBroker(QuorumOptions options, LoopbackNetwork network)
    {
        Options = options;
        Channel = new LoopbackChannel(options.Self, network);
        network.Move(options.Self, Channel.Address);
    }

    public QuorumOptions Options { get; }

    public LoopbackChannel Channel { get; }

    public BrokerId Id => Options.Self;

    public MetadataQuorum Quorum => _opening is { IsCompletedSuccessfully: true }
        ? _opening.Result
        : throw new InvalidOperationException("Not open.");

    public bool IsOpen => _opening is { IsCompletedSuccessfully: true };

    public Task OpeningEnds => _opening!;

    public bool IsKilled { get; private set; }

    public bool Leads => IsOpen && Quorum.Leadership.Leader == Id;

    /// <summary>Everything that a subscriber was told, in order.</summary>
    public int AppliedEntries
    {
        get
        {
            lock (_applied)
                return _applied.Count;
        }
    }

    public void Start(CancellationToken cancellation)
    {
        var environment = new QuorumEnvironment(
            Channel, _files, TimeProvider.System, new Random(Id.Value), NullLoggerFactory.Instance);
        _opening = OpenAsync(environment, cancellation);
    }

    public void Loaded(ClusterImage image)
    {
    }

    public void Applied(ClusterImage image, IReadOnlyList<MetadataRecord> records)
    {
        lock (_applied)
            _applied.Add(records);
    }

    public void LeadershipChanged(MetadataLeadership leadership)
    {
    }

    /// <summary>Ends it as a killed process ends for the others: at once, and without a word.</summary>
    public async Task KillAsync()
    {
        IsKilled = true;
        Channel.Dispose();
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_opening is not null)
        {
            try
            {
                await (await _opening).DisposeAsync();
            }
            catch (Exception e) when (e is OperationCanceledException or StorageException)
            {
            }
        }

        Channel.Dispose();
        _files.Dispose();
    }

    private async Task<MetadataQuorum> OpenAsync(QuorumEnvironment environment, CancellationToken cancellation)
    {
        MetadataQuorum quorum = await MetadataQuorum.OpenAsync(Options, environment, cancellation);
        quorum.Subscribe(this);
        return quorum;
    }
}

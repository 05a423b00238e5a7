using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Replication;
using Broker.Server.Coordination;
using Broker.Server.Network;
using Broker.Server.Partitions;
using Broker.Server.Partitions.Reading;
using Broker.Server.Tests.Handlers;
using Broker.Server.Tests.Network;
using Broker.Server.Tests.Partitions;
using Broker.Server.Transactions;
using Broker.Server.Transactions.Ending;
using Broker.Server.Transactions.Log;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Server.Tests.Transactions;

/// <summary>A coordinator's replica over a group that the test owns, with a clock that the test moves.</summary>
internal sealed class TransactionCoordinatorBench : IDisposable
{
    public const string Id = "transfers";

    private readonly DiskReads _diskReads = new(new ThreadScheduler(), 1);
    private readonly FakeCluster _cluster = new();
    private long _producers = 100;

    public TransactionCoordinatorBench()
    {
        Deadlines = new Deadlines(Time);
        _cluster.AddTopic("accounts", 4);
        Coordinator = Make(null);
    }

    public FakeTimeProvider Time { get; } = new();

    public Deadlines Deadlines { get; }

    public ScriptedGroup Group { get; } = new();

    public FakeMarkers Markers { get; } = new();

    public TransactionCoordinator Coordinator { get; private set; }

    public TransactionState? State => Coordinator.Describe(Id).State;

    /// <summary>Another process has the replica now; it begins with what the checkpoint says.</summary>
    public void RestartFrom(byte[] checkpoint)
    {
        Coordinator = Make(checkpoint);
        Group.Become(Group.Status);
    }

    /// <summary>What it says once all that it has proposed is committed.</summary>
    public async Task<T> DoneAsync<T>(Task<T> waiting)
    {
        while (!waiting.IsCompleted)
        {
            Commit();
            await Task.Yield();
        }

        return await waiting;
    }

    public void Commit()
    {
        Group.TakeProposals();
        Group.CommitAll();
    }

    public Task<(ErrorCode Error, ProducerId Producer, short Epoch)> InitAsync(
        int timeout = 60_000, (ProducerId, short)? expected = null) =>
        DoneAsync(Coordinator.InitAsync(Id, timeout, expected, CancellationToken.None));

    /// <summary>A transaction that holds so many partitions.</summary>
    public async Task<(ProducerId Producer, short Epoch)> BeginAsync(int partitions = 1, int timeout = 60_000)
    {
        (_, ProducerId producer, short epoch) = await InitAsync(timeout);
        ErrorCode error = await DoneAsync(Coordinator.AddAsync(Id, producer, epoch, Accounts(partitions)));
        Xunit.Assert.Equal(ErrorCode.None, error);
        return (producer, epoch);
    }

    public static TopicPartition[] Accounts(int count) =>
        [.. Enumerable.Range(0, count).Select(index => new TopicPartition("accounts", index))];

    public void Dispose()
    {
        Coordinator.Depose();
        Group.Dispose();
        _diskReads.Dispose();
        Deadlines.Dispose();
    }

    private TransactionCoordinator Make(byte[]? checkpoint)
    {
        Partition partition = BenchParts.PlainPartition(Deadlines, _diskReads, Time);
        var coordinator = new TransactionCoordinator(partition, new TransactionResources
        {
            Options = TestOptions.With().Transactions,
            WriteTimeout = TimeSpan.FromSeconds(5),
            Deadlines = Deadlines,
            NextProducerId = _ => ValueTask.FromResult<ProducerId?>(new ProducerId(_producers++)),
            Markers = new MarkerWriter(_cluster, Markers, Time),
            Logger = NullLogger.Instance,
        });
        IReplicaStateMachine machine = new CoordinatorReplica<TransactionRecord>(partition, coordinator);
        if (checkpoint is not null)
            machine.Restore(checkpoint);
        Group.Serve(partition, machine);
        return coordinator;
    }
}

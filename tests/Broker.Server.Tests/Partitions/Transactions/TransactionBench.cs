using Broker.Metadata;
using Broker.Model;
using Broker.Protocol.Records;
using Broker.Server.Partitions;
using Broker.Server.Partitions.Transactions;

namespace Broker.Server.Tests.Partitions.Transactions;

/// <summary>A partition whose coordinator is the test: it answers when and what the test says.</summary>
internal sealed class TransactionBench : ITransactionVerifier, IDisposable
{
    public static readonly ProducerId Producer = new(7);

    private readonly Queue<TaskCompletionSource<Verification>> _questions = new();
    private readonly PartitionBench _bench;
    private int _sequence;

    public TransactionBench()
    {
        _bench = new PartitionBench(TopicSettings.Default with { MinInSyncReplicas = 1 }, this);
        Group.Lead(term: 1);
    }

    public ScriptedGroup Group => _bench.Group;

    public Partition Partition => _bench.Partition;

    /// <summary>What the coordinator was asked and has not answered.</summary>
    public int Questions => _questions.Count;

    public void Answer(long number, int coordinatorEpoch = 1) =>
        _questions.Dequeue().SetResult(new Verification(PartitionFault.None, number, coordinatorEpoch));

    public void Refuse(PartitionFault fault) => _questions.Dequeue().SetResult(Verification.Refuse(fault));

    /// <summary>The next batch of the producer.</summary>
    public Task<ProduceOutcome> Write(short epoch = 0, int? sequence = null)
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(1000, null, "value"u8.ToArray());
        ReadOnlyMemory<byte> batch = builder.Build(Producer, epoch, sequence ?? _sequence++, isTransactional: true);
        return _bench.SendAsync(batch, transactionalId: "transfers");
    }

    /// <summary>One that is verified, appended and committed.</summary>
    public async Task StoreAsync(long number)
    {
        Task<ProduceOutcome> write = Write();
        if (Questions > 0)
            Answer(number);
        Xunit.Assert.Equal(PartitionFault.None, (await DoneAsync(write)).Fault);
    }

    public Task<EndOutcome> End(
        long number, bool commit = true, short epoch = 0, int coordinatorEpoch = 1, int term = 1) =>
        Partition.EndTransactionAsync(
            new TransactionEnd(Producer, epoch, commit, number, coordinatorEpoch, new Term(term)));

    public async Task<T> DoneAsync<T>(Task<T> waiting)
    {
        Group.TakeProposals();
        Group.CommitAll();
        return await waiting;
    }

    public Task<(FetchOutcome Outcome, long Bytes)> FetchAsync(long offset, bool readCommitted = true) =>
        _bench.FetchAsync(offset, readCommitted: readCommitted);

    public void RestartFrom(byte[] checkpoint) => _bench.RestartFrom(checkpoint);

    public void Dispose() => _bench.Dispose();

    Task<Verification> ITransactionVerifier.VerifyAsync(
        string transactionalId, ProducerId producer, short epoch, PartitionId partition)
    {
        // The waiters go on in the call that answers.
        var question = new TaskCompletionSource<Verification>();
        _questions.Enqueue(question);
        return question.Task;
    }
}

using Broker.Metadata;
using Broker.Model;
using Broker.Protocol.Records;
using Broker.Replication;
using Broker.Server.Network;
using Broker.Server.Partitions;
using Broker.Server.Partitions.Reading;
using Broker.Server.Partitions.Transactions;
using Broker.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Server.Tests.Partitions;

/// <summary>A partition over a group that the test owns, with a clock that the test moves.</summary>
internal sealed class PartitionBench : IDisposable
{
    public static readonly ProducerId Producer = new(7);

    private readonly DiskReads _diskReads = new(new ThreadScheduler(), 1);
    private readonly Deadlines _deadlines;
    private readonly ITransactionVerifier? _verifier;

    public PartitionBench(int minInSync = 1)
        : this(TopicSettings.Default with { MinInSyncReplicas = minInSync })
    {
    }

    /// <param name="verifier">Answers what a leader asks of transactions; null: there are none.</param>
    public PartitionBench(TopicSettings settings, ITransactionVerifier? verifier = null)
    {
        _verifier = verifier;
        _deadlines = new Deadlines(Time);
        Settings = settings;
        Partition = Make();
        Group.Serve(Partition);
    }

    public FakeTimeProvider Time { get; } = new();

    public ScriptedGroup Group { get; } = new();

    public Partition Partition { get; private set; }

    /// <summary>Too few replicas can be reached for a leader.</summary>
    public bool HasLostMajority { get; set; }

    private TopicSettings Settings { get; }

    /// <summary>Another process has the partition now; it begins with what the checkpoint says.</summary>
    public void RestartFrom(byte[] checkpoint)
    {
        Partition = Make();
        ((IReplicaStateMachine)Partition).Restore(checkpoint);
        Group.Serve(Partition);
        Group.Become(Group.Status);
    }

    /// <summary>A batch of so many records; of an idempotent producer if it has a sequence.</summary>
    public Task<ProduceOutcome> Produce(
        short acks = -1, int sequence = -1, int records = 1, short epoch = 0, int seconds = 30)
    {
        using var builder = new RecordBatchBuilder();
        for (int i = 0; i < records; i++)
            builder.Append(1000 + i, null, "value"u8.ToArray());
        return SendAsync(sequence < 0 ? builder.Build() : builder.Build(Producer, epoch, sequence), acks, seconds);
    }

    /// <summary>A batch as it is.</summary>
    public Task<ProduceOutcome> SendAsync(
        ReadOnlyMemory<byte> batch, short acks = -1, int seconds = 30, string? transactionalId = null)
    {
        SharedBuffer buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + batch.Length);
        batch.Span.CopyTo(buffer.Span[EntryFrame.HeaderSize..]);
        var request = new ProduceBatch(buffer, EntryFrame.HeaderSize, batch.Length, Exclusive: true)
        {
            TransactionalId = transactionalId,
        };
        return AnswerAsync(request, acks, _deadlines.After(TimeSpan.FromSeconds(seconds)));
    }

    /// <summary>The same, taken into the log and committed.</summary>
    public async Task<ProduceOutcome> StoreAsync(short acks = -1, int sequence = -1, int records = 1, short epoch = 0)
    {
        Task<ProduceOutcome> answer = Produce(acks, sequence, records, epoch);
        Group.TakeProposals();
        Group.CommitAll();
        return await answer;
    }

    /// <summary>What a consumer sees: the outcome, and how many bytes.</summary>
    public async Task<(FetchOutcome Outcome, long Bytes)> FetchAsync(
        long offset, int currentEpoch = -1, bool readCommitted = false)
    {
        using var slices = new LogSlices();
        var position = new FetchPosition(new Offset(offset), new Term(currentEpoch), new Term(-1), readCommitted);
        FetchOutcome outcome = await Partition.ReadAsync(position, 1 << 20, atLeastOne: true, slices);
        return (outcome, slices.Bytes);
    }

    public void Dispose()
    {
        Group.Dispose();
        _diskReads.Dispose();
        _deadlines.Dispose();
    }

    private Partition Make() => new(
        ScriptedGroup.Id,
        Settings,
        new PartitionResources
        {
            Proposals = new ProduceProposalPool(_deadlines),
            DiskReads = _diskReads,
            HasLostMajority = _ => HasLostMajority,
            Verifier = _verifier,
            Time = Time,
            Logger = NullLogger.Instance,
        },
        _ => { });

    private async Task<ProduceOutcome> AnswerAsync(ProduceBatch request, short acks, long deadline)
    {
        try
        {
            return await Partition.ProduceAsync(request, acks, deadline);
        }
        finally
        {
            request.Buffer.Release();
        }
    }
}

using Broker.Model;
using Broker.Replication;
using Broker.Server.Partitions;
using Broker.Storage;

namespace Broker.Server.Tests.Handlers;

/// <summary>A partition whose batches and outcomes a test decides.</summary>
internal sealed class FakePartition(PartitionId id) : IPartition
{
    private readonly Lock _gate = new();
    private readonly List<LogEntry> _entries = [];
    private readonly HashSet<PartitionWaiter> _waiters = [];

    public PartitionId Id => id;

    public long SizeInBytes { get; set; }

    public LeaderView Leader => new(new BrokerId(1), new Term(5));

    public List<(byte[] Batch, short Acks, ProduceBatch Where)> Produced { get; } = [];

    /// <summary>What produce calls complete with; null leaves them open.</summary>
    public ProduceOutcome? Outcome { get; set; } =
        new ProduceOutcome(PartitionFault.None) { BaseOffset = new Offset(40) };

    public List<TaskCompletionSource<ProduceOutcome>> Open { get; } = [];

    public PartitionFault ReadFault { get; set; }

    public EpochEnd? Diverging { get; set; }

    public Offset LogStart { get; set; }

    public OffsetOutcome LookUp { get; set; }

    public EpochEndOutcome EpochEnd { get; set; }

    public GroupView? View { get; set; }

    public List<long> LookedUp { get; } = [];

    public int Reads { get; private set; }

    public Offset End
    {
        get
        {
            lock (_gate)
                return new Offset(_entries.Count);
        }
    }

    public int Waiters
    {
        get
        {
            lock (_gate)
                return _waiters.Count;
        }
    }

    /// <summary>Commits a batch of one record and so many bytes, and wakes who waits.</summary>
    public void Append(int bytes)
    {
        PartitionWaiter[] waiters;
        lock (_gate)
        {
            SharedBuffer buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + bytes);
            buffer.Span[EntryFrame.HeaderSize..].Fill((byte)(_entries.Count + 1));
            _entries.Add(EntryFrame.Seal(buffer, 0, bytes, new EntryHeader
            {
                Index = new LogIndex(_entries.Count + 1),
                Term = new Term(5),
                Kind = EntryKind.Data,
                Offset = new Offset(_entries.Count),
                OffsetSpan = 1,
                Mark = default,
            }));
            waiters = TakeWaiters();
        }

        foreach (PartitionWaiter waiter in waiters)
            waiter.Wake();
    }

    public void Become(PartitionFault fault)
    {
        ReadFault = fault;
        PartitionWaiter[] waiters;
        lock (_gate)
            waiters = TakeWaiters();

        foreach (PartitionWaiter waiter in waiters)
            waiter.Wake();
    }

    public async ValueTask<ProduceOutcome> ProduceAsync(ProduceBatch batch, short acks)
    {
        Produced.Add((batch.Buffer.Span.Slice(batch.Start, batch.Length).ToArray(), acks, batch));
        if (Outcome is { } outcome)
            return outcome;

        var open = new TaskCompletionSource<ProduceOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        Open.Add(open);
        return await open.Task;
    }

    public ValueTask<ProduceOutcome> ProduceAsync(in ProduceBatch batch, short acks, long deadline) =>
        ProduceAsync(batch, acks);

    public ValueTask<FetchOutcome> ReadAsync(FetchPosition position, int maxBytes, bool atLeastOne, LogSlices into)
    {
        lock (_gate)
        {
            Reads++;
            var end = new Offset(_entries.Count);
            if (ReadFault != PartitionFault.None)
                return new(new FetchOutcome(ReadFault, new Offset(-1), new Offset(-1), new Offset(-1), null));

            for (long at = position.Offset.Value; at < _entries.Count; at++)
            {
                LogEntry entry = _entries[(int)at];
                if (into.Bytes + entry.Payload.Length > maxBytes && !(atLeastOne && into.Entries == 0))
                    break;

                into.AddPayload(entry);
            }

            return new(new FetchOutcome(PartitionFault.None, end, end, LogStart, Diverging));
        }
    }

    public void Watch(PartitionWaiter waiter)
    {
        lock (_gate)
            _waiters.Add(waiter);
    }

    public void Unwatch(PartitionWaiter waiter)
    {
        lock (_gate)
            _waiters.Remove(waiter);
    }

    public ValueTask<OffsetOutcome> LookUpAsync(long timestamp, Term expectedEpoch, bool readCommitted)
    {
        LookedUp.Add(timestamp);
        return new(LookUp);
    }

    /// <summary>What deletions are answered with; what was asked for is in <see cref="Deleted"/>.</summary>
    public DeleteOutcome Deletion { get; set; }

    public List<(Offset? Before, TimeSpan Patience)> Deleted { get; } = [];

    public Task<DeleteOutcome> DeleteRecordsAsync(Offset? before, TimeSpan patience, CancellationToken cancellation)
    {
        Deleted.Add((before, patience));
        return Task.FromResult(Deletion);
    }

    public ValueTask<EpochEndOutcome> EndOfEpochAsync(Term epoch, Term currentEpoch) => new(EpochEnd);

    public ValueTask<GroupView?> ViewAsync(CancellationToken cancellation) => new(View);

    private PartitionWaiter[] TakeWaiters()
    {
        PartitionWaiter[] waiters = [.. _waiters];
        _waiters.Clear();
        return waiters;
    }
}

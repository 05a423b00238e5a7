using Broker.Metadata;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Partitions;
using Broker.Storage;

namespace Broker.Server.Tests.Partitions;

/// <summary>A replica whose status and log a test decides; every batch is one record, as late as its offset.</summary>
internal sealed class FakeReplica : IPartitionReplica
{
    private readonly List<byte[]> _batches = [];

    public required ReplicaStatus Status { get; set; }

    public Offset LogStart { get; set; }

    public Offset NextOffset => new(_batches.Count);

    public long SizeInBytes => _batches.Sum(batch => (long)batch.Length);

    public bool ConfirmsLeadership { get; set; }

    public EpochEnd? EpochEnd { get; set; }

    public List<Proposal> Proposed { get; } = [];

    public void Append(byte[] batch) => _batches.Add(batch);

    public bool TryPropose(Proposal proposal)
    {
        Proposed.Add(proposal);
        return true;
    }

    public void Configure(TopicSettings settings)
    {
    }

    public Task<bool> ReadBarrierAsync(CancellationToken cancellation) => Task.FromResult(ConfirmsLeadership);

    public Task<GroupView?> ViewAsync(CancellationToken cancellation) => Task.FromResult<GroupView?>(null);

    public Offset? OffsetOf(LogIndex index) => new(index.Value - 1);

    public ReadOutcome ReadBatches(
        Offset from, Offset limit, int maxBytes, bool atLeastOne, bool memoryOnly, LogSlices into)
    {
        for (long at = from.Value; at < limit.Value; at++)
        {
            byte[] batch = _batches[(int)at];
            SharedBuffer buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + batch.Length);
            batch.CopyTo(buffer.Span[EntryFrame.HeaderSize..]);
            into.AddPayload(EntryFrame.Seal(buffer, 0, batch.Length, new EntryHeader
            {
                Index = new LogIndex(at + 1),
                Term = Status.Term,
                Kind = EntryKind.Data,
                Offset = new Offset(at),
                OffsetSpan = 1,
                Mark = default,
            }));
        }

        return ReadOutcome.Ok;
    }

    public TaskCompletionSource<DeletionAnswer> Deletion { get; } = new();

    public List<Offset?> Deleted { get; } = [];

    public Task<DeletionAnswer> DeleteRecordsAsync(Offset? before)
    {
        Deleted.Add(before);
        return Deletion.Task;
    }

    public BatchTime? FindByTimestamp(long timestamp, Offset from, Offset limit)
    {
        long at = Math.Max(timestamp, from.Value);
        return at < limit.Value ? new BatchTime(new Offset(at), at) : null;
    }

    public BatchTime? FindMaxTimestamp(Offset limit) => new BatchTime(limit, limit.Value);

    public EpochEnd? EndOfEpoch(Term epoch) => EpochEnd;

    public Term EpochOf(Offset offset) => Status.Term;
}

using Broker.Metadata;
using Broker.Model;
using Broker.Protocol.Records;
using Broker.Replication;
using Broker.Server.Partitions;
using Xunit;

namespace Broker.Server.Tests.Partitions;

/// <summary>Deleting a partition's oldest records, and what is read then.</summary>
public sealed class RecordDeletionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private PartitionBench _bench = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(DeletionOutcome.Done, PartitionFault.None)]
    [InlineData(DeletionOutcome.OutOfRange, PartitionFault.OffsetOutOfRange)]
    [InlineData(DeletionOutcome.NotLeader, PartitionFault.NotLeader)]
    [InlineData(DeletionOutcome.Busy, PartitionFault.Busy)]
    [InlineData(DeletionOutcome.Unknown, PartitionFault.TimedOut)]
    public async Task What_the_group_says_is_the_answer(DeletionOutcome said, PartitionFault fault)
    {
        _bench.Group.Lead(term: 1);
        _bench.Group.Deletion.SetResult(new DeletionAnswer(said, new Offset(7)));
        DeleteOutcome outcome = await _bench.Partition.DeleteRecordsAsync(new Offset(7), Patience, Token);
        Assert.Equal(fault, outcome.Fault);
        Assert.Equal(fault == PartitionFault.None ? 7 : -1, outcome.LogStart.Value);
    }

    [Fact]
    public async Task Whoever_waited_long_enough_is_told_that_it_is_not_known()
    {
        _bench.Group.Lead(term: 1);
        Task<DeleteOutcome> deletion = _bench.Partition.DeleteRecordsAsync(null, Patience, Token);
        Assert.False(deletion.IsCompleted);
        _bench.Time.Advance(Patience);
        Assert.Equal(PartitionFault.TimedOut, (await deletion).Fault);
    }

    [Fact]
    public async Task A_replica_that_does_not_lead_and_a_topic_that_does_not_delete_refuse()
    {
        DeleteOutcome outcome = await _bench.Partition.DeleteRecordsAsync(null, Patience, Token);
        Assert.Equal(PartitionFault.NotLeader, outcome.Fault);

        _bench.Dispose();
        _bench = new PartitionBench(TopicSettings.Default with { Deletes = false, Compacts = true });
        _bench.Group.Lead(term: 1);
        outcome = await _bench.Partition.DeleteRecordsAsync(null, Patience, Token);
        Assert.Equal(PartitionFault.Policy, outcome.Fault);
    }

    [Fact]
    public async Task A_look_up_by_time_finds_no_record_that_is_deleted()
    {
        _bench.Group.Lead(term: 1);
        await StoreAsync(100, 900, 300);
        await StoreAsync(400, 500, 600);
        _bench.Group.MoveLogStart(new LogIndex(1), new Offset(2));

        Assert.Equal(new Offset(2), (await LookUpAsync(-2)).Offset);
        Assert.Equal((new Offset(2), 300), await FindAsync(200));
        Assert.Equal((new Offset(5), 600), await FindAsync(600));
        Assert.Equal((new Offset(-1), -1), await FindAsync(700));
        Assert.True((await LookUpAsync(-3)).Offset >= new Offset(2));
        Assert.Equal(PartitionFault.OffsetOutOfRange, (await _bench.FetchAsync(1)).Outcome.Fault);
        Assert.True((await _bench.FetchAsync(2)).Bytes > 0);
    }

    private async Task<(Offset Offset, long Timestamp)> FindAsync(long timestamp)
    {
        OffsetOutcome outcome = await LookUpAsync(timestamp);
        Assert.Equal(PartitionFault.None, outcome.Fault);
        return (outcome.Offset, outcome.Timestamp);
    }

    private ValueTask<OffsetOutcome> LookUpAsync(long timestamp) =>
        _bench.Partition.LookUpAsync(timestamp, new Term(1), readCommitted: false);

    private async Task StoreAsync(params long[] timestamps)
    {
        using var builder = new RecordBatchBuilder();
        foreach (long timestamp in timestamps)
            builder.Append(timestamp, null, "value"u8.ToArray());
        Task<ProduceOutcome> stored = _bench.SendAsync(builder.Build());
        _bench.Group.TakeProposals();
        _bench.Group.CommitAll();
        Assert.Equal(PartitionFault.None, (await stored).Fault);
    }
}

using Broker.Metadata;
using Broker.Model;
using Broker.Protocol.Records;
using Broker.Raft;
using Broker.Replication;
using Broker.Server.Network;
using Broker.Server.Partitions;
using Broker.Server.Partitions.Reading;
using Broker.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Broker.Server.Tests.Partitions.Reading;

/// <summary>Ten records, seven of them committed, on a replica in term 5.</summary>
public sealed class ReadsWithoutLeaderTests : IDisposable
{
    private const int Written = 10;
    private const int Committed = 7;
    private const int Earliest = -2;
    private const int Latest = -1;
    private const int MaxTimestamp = -3;
    private static readonly BrokerId Self = new(1);
    private static readonly BrokerId Other = new(2);
    private static readonly Term Epoch = new(5);
    private static readonly Term NotChecked = new(-1);

    private readonly Deadlines _deadlines = new(TimeProvider.System);
    private readonly DiskReads _diskReads = new(new ThreadScheduler(), 1);
    private readonly FakeReplica _replica = new() { Status = StatusOf(Other) };
    private readonly Partition _partition;
    private bool _hasLostMajority = true;

    public ReadsWithoutLeaderTests()
    {
        var resources = new PartitionResources
        {
            Proposals = new ProduceProposalPool(_deadlines),
            DiskReads = _diskReads,
            HasLostMajority = _ => _hasLostMajority,
            Time = TimeProvider.System,
            Logger = NullLogger.Instance,
        };
        _partition = new Partition(default, TopicSettings.Default, resources, _ => { });
        for (int i = 0; i < Written; i++)
            _replica.Append(BatchAt(i));

        ((IReplicaStateMachine)_partition).Committed(new LogIndex(Committed), new Offset(Committed));
    }

    public void Dispose()
    {
        _deadlines.Dispose();
        _diskReads.Dispose();
    }

    [Fact]
    public async Task A_replica_that_knows_no_leader_serves_what_is_committed_and_not_one_record_more()
    {
        Become(StatusOf(BrokerId.None));
        using var slices = new LogSlices();

        FetchOutcome outcome = await _partition.ReadAsync(At(2), int.MaxValue, true, slices);

        Assert.Equal(PartitionFault.None, outcome.Fault);
        Assert.Equal(new Offset(Committed), outcome.HighWatermark);
        Assert.Equal(Committed - 2, slices.Entries);
    }

    [Fact]
    public async Task A_replica_that_follows_a_leader_sends_readers_to_it()
    {
        Become(StatusOf(Other));
        Assert.Equal(PartitionFault.NotLeader, (await ReadAsync(At(0))).Fault);
        Assert.Equal(PartitionFault.NotLeader, (await LookUpAsync(Earliest)).Fault);
    }

    [Fact]
    public async Task While_there_can_be_a_leader_a_replica_that_was_none_serves_nothing()
    {
        _hasLostMajority = false;
        Become(StatusOf(BrokerId.None));
        Assert.Equal(PartitionFault.NotLeader, (await ReadAsync(At(0))).Fault);
        Assert.Equal(PartitionFault.NotLeader, (await LookUpAsync(Earliest)).Fault);
    }

    [Fact]
    public async Task A_replica_that_may_have_lost_what_it_promised_serves_nothing()
    {
        Become(StatusOf(BrokerId.None) with { Abstains = true });
        Assert.Equal(PartitionFault.NotLeader, (await ReadAsync(At(0))).Fault);
    }

    [Theory]
    [InlineData(4, PartitionFault.NotLeader)]
    [InlineData(5, PartitionFault.None)]
    [InlineData(6, PartitionFault.UnknownEpoch)]
    [InlineData(-1, PartitionFault.None)]
    public async Task Without_a_leader_the_epoch_that_the_client_knows_still_counts(int known, PartitionFault expected)
    {
        Become(StatusOf(BrokerId.None));
        var position = new FetchPosition(Offset.Zero, new Term(known), NotChecked, false);
        Assert.Equal(expected, (await ReadAsync(position)).Fault);
    }

    [Fact]
    public async Task What_lies_behind_the_end_of_a_replica_that_may_be_late_is_not_called_out_of_range()
    {
        Become(StatusOf(BrokerId.None));
        Assert.Equal(PartitionFault.None, (await ReadAsync(At(Committed))).Fault);
        Assert.Equal(PartitionFault.LeaderNotReady, (await ReadAsync(At(Committed + 1))).Fault);
        Assert.Equal(PartitionFault.LeaderNotReady, (await ReadAsync(At(Written + 1))).Fault);
        Become(StatusOf(Self));
        Assert.Equal(PartitionFault.OffsetOutOfRange, (await ReadAsync(At(Written + 1))).Fault);
    }

    [Fact]
    public async Task Only_a_leader_tells_a_client_that_its_log_has_left_the_partitions()
    {
        _replica.EpochEnd = new EpochEnd(Epoch, new Offset(3));
        var position = new FetchPosition(new Offset(5), Epoch, Epoch, false);
        Become(StatusOf(BrokerId.None));
        FetchOutcome late = await ReadAsync(position);
        Assert.Equal((PartitionFault.LeaderNotReady, (EpochEnd?)null), (late.Fault, late.Diverging));

        Become(StatusOf(Self));
        Assert.Equal(_replica.EpochEnd, (await ReadAsync(position)).Diverging);
    }

    [Fact]
    public async Task Without_a_leader_the_beginning_and_a_committed_record_by_time_are_told()
    {
        Become(StatusOf(BrokerId.None));
        _replica.LogStart = new Offset(1);
        Assert.Equal(new Offset(1), (await LookUpAsync(Earliest)).Offset);
        Assert.Equal(new Offset(4), (await LookUpAsync(4)).Offset);
    }

    [Theory]
    [InlineData(Latest)]
    [InlineData(MaxTimestamp)]
    [InlineData(Committed)]
    public async Task Without_a_leader_nothing_is_said_of_the_end(long timestamp)
    {
        Become(StatusOf(BrokerId.None));
        OffsetOutcome outcome = await LookUpAsync(timestamp);
        Assert.Equal((PartitionFault.NotLeader, new Offset(-1)), (outcome.Fault, outcome.Offset));
    }

    [Fact]
    public async Task A_leader_that_cannot_be_confirmed_says_nothing_to_a_client_that_names_no_epoch()
    {
        Become(StatusOf(Self));
        Assert.Equal(PartitionFault.NotLeader, (await LookUpAsync(Latest)).Fault);
        _replica.ConfirmsLeadership = true;
        Assert.Equal(new Offset(Committed), (await LookUpAsync(Latest)).Offset);
    }

    private static ReplicaStatus StatusOf(BrokerId leader) => new()
    {
        Role = leader == Self ? RaftRole.Leader : RaftRole.Follower,
        Term = Epoch,
        Leader = leader,
        IsLeaderReady = leader == Self,
    };

    private static FetchPosition At(long offset) => new(new Offset(offset), Epoch, NotChecked, false);

    private static byte[] BatchAt(int offset)
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(offset, null, [1]);
        byte[] batch = builder.Build().ToArray();
        RecordBatchStamp.Stamp(batch, new Offset(offset), Epoch);
        return batch;
    }

    private async Task<FetchOutcome> ReadAsync(FetchPosition position)
    {
        using var slices = new LogSlices();
        return await _partition.ReadAsync(position, int.MaxValue, true, slices);
    }

    private async Task<OffsetOutcome> LookUpAsync(long timestamp) =>
        await _partition.LookUpAsync(timestamp, NotChecked, false);

    private void Become(ReplicaStatus status)
    {
        _replica.Status = status;
        ((IReplicaStateMachine)_partition).StatusChanged(status);
        _partition.Attach(_replica);
    }
}

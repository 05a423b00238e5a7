using Broker.Metadata;
using Broker.Model;
using Broker.Raft;
using Broker.Replication;
using Broker.Server.Partitions;
using Xunit;

namespace Broker.Server.Tests.Partitions;

public sealed class PartitionTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_batch_is_answered_with_its_offset_once_the_group_has_it_as_asked_for(short acks)
    {
        using var bench = new PartitionBench();
        bench.Group.Lead(term: 3);
        await bench.StoreAsync(acks, records: 4);
        Task<ProduceOutcome> answer = bench.Produce(acks, records: 2);
        bench.Group.TakeProposals();
        Assert.False(answer.IsCompleted, "appended is not stored");

        bench.Group.CommitAll();

        ProduceOutcome outcome = await answer;
        Assert.Equal((PartitionFault.None, new Offset(4)), (outcome.Fault, outcome.BaseOffset));
        Assert.Equal(new Offset(6), bench.Partition.HighWatermark);
    }

    [Fact]
    public async Task Too_few_in_sync_before_the_append_is_refused_and_nothing_is_written()
    {
        using var bench = new PartitionBench(minInSync: 2);
        bench.Group.Lead(term: 1);
        LogIndex before = bench.Group.LastIndex;

        Assert.Equal(PartitionFault.NotEnoughReplicas, (await bench.StoreAsync(acks: -1)).Fault);
        Assert.Equal(before, bench.Group.LastIndex);

        // Who asks for the leader alone does not care.
        Assert.Equal(PartitionFault.None, (await bench.StoreAsync(acks: 1)).Fault);
    }

    [Fact]
    public async Task Settings_are_in_force_from_the_moment_in_which_they_are_new()
    {
        using var bench = new PartitionBench(minInSync: 1);
        bench.Group.Lead(term: 1);
        Assert.Equal(PartitionFault.None, (await bench.StoreAsync(acks: -1)).Fault);

        TopicSettings settings = bench.Partition.Settings with { MinInSyncReplicas = 2, SegmentBytes = 4096 };
        bench.Partition.Configure(settings);
        bench.Partition.Configure(settings with { });
        Assert.Equal(settings, Assert.Single(bench.Group.Configured));
        Assert.Equal(PartitionFault.NotEnoughReplicas, (await bench.StoreAsync(acks: -1)).Fault);

        bench.Partition.Configure(settings with { MinInSyncReplicas = 1, MaxMessageBytes = 10 });
        Assert.Equal(PartitionFault.BatchTooLarge, (await bench.StoreAsync(acks: -1)).Fault);
    }

    [Fact]
    public async Task Too_few_in_sync_after_the_append_is_told_apart()
    {
        using var bench = new PartitionBench(minInSync: 2);
        bench.Group.Lead(term: 1, ready: true, 1, 2);
        Task<ProduceOutcome> answer = bench.Produce();
        bench.Group.TakeProposals();

        bench.Group.Fail(bench.Group.LastIndex, ProposalFailure.NotEnoughReplicas);

        Assert.Equal(PartitionFault.NotEnoughReplicasAfterAppend, (await answer).Fault);
    }

    [Fact]
    public async Task What_is_short_of_replicas_at_its_deadline_is_told_so()
    {
        using var bench = new PartitionBench(minInSync: 2);
        bench.Group.Lead(term: 1, ready: true, 1, 2);
        Task<ProduceOutcome> answer = bench.Produce(seconds: 5);
        bench.Group.TakeProposals();
        bench.Group.Become(bench.Group.Status with { InSync = [new BrokerId(1)] });

        bench.Time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(PartitionFault.NotEnoughReplicasAfterAppend, (await answer).Fault);
    }

    [Fact]
    public async Task Lesson_24_an_answer_comes_at_the_deadline_and_the_late_one_meets_nobody()
    {
        using var bench = new PartitionBench();
        bench.Group.Lead(term: 1);
        Task<ProduceOutcome> late = bench.Produce(seconds: 5);
        bench.Group.TakeProposals();
        bench.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(PartitionFault.TimedOut, (await late).Fault);

        // The proposal is the group's until it has called back: a new one must not be answered in its place.
        Task<ProduceOutcome> next = bench.Produce(records: 3);
        bench.Group.Commit(bench.Group.LastIndex);
        Assert.False(next.IsCompleted);

        bench.Group.TakeProposals();
        bench.Group.CommitAll();
        Assert.Equal(new Offset(1), (await next).BaseOffset);
    }

    [Fact]
    public async Task Lesson_24_a_group_that_has_too_much_in_hand_says_so_at_once()
    {
        using var bench = new PartitionBench();
        bench.Group.Lead(term: 1);
        bench.Group.IsBusy = true;

        Assert.Equal(PartitionFault.Busy, (await bench.Produce()).Fault);

        bench.Group.IsBusy = false;
        Assert.Equal(new Offset(0), (await bench.StoreAsync()).BaseOffset);
    }

    [Theory]
    [InlineData(ProposalFailure.NotLeader, PartitionFault.NotLeader)]
    [InlineData(ProposalFailure.StorageFull, PartitionFault.Storage)]
    [InlineData(ProposalFailure.Stopping, PartitionFault.Stopping)]
    public async Task What_was_not_appended_is_told_as_not_written(ProposalFailure failure, PartitionFault fault)
    {
        using var bench = new PartitionBench();
        bench.Group.Lead(term: 1);
        Task<ProduceOutcome> answer = bench.Produce();

        bench.Group.FailWaiting(failure);

        Assert.Equal(fault, (await answer).Fault);
    }

    [Theory]
    [InlineData(ProposalFailure.Unknown, PartitionFault.TimedOut)]
    [InlineData(ProposalFailure.Truncated, PartitionFault.NotLeader)]
    public async Task Lesson_9_not_leader_is_said_of_an_appended_batch_only_once_it_is_certainly_gone(
        ProposalFailure failure, PartitionFault fault)
    {
        using var bench = new PartitionBench();
        bench.Group.Lead(term: 1);
        Task<ProduceOutcome> answer = bench.Produce();
        bench.Group.TakeProposals();
        bench.Group.Become(bench.Group.Status with { Role = RaftRole.Follower, Leader = new BrokerId(2) });
        Assert.False(answer.IsCompleted, "leadership is lost, the batch perhaps not");

        bench.Group.Fail(bench.Group.LastIndex, failure);

        Assert.Equal(fault, (await answer).Fault);
    }

    [Fact]
    public async Task A_replica_that_does_not_lead_takes_nothing()
    {
        using var bench = new PartitionBench();
        Assert.Equal(PartitionFault.NotLeader, (await bench.Produce()).Fault);
    }
}

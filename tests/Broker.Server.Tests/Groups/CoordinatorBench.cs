using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Replication;
using Broker.Server.Coordination;
using Broker.Server.Groups;
using Broker.Server.Groups.Classic;
using Broker.Server.Groups.Log;
using Broker.Server.Network;
using Broker.Server.Partitions;
using Broker.Server.Partitions.Reading;
using Broker.Server.Tests.Network;
using Broker.Server.Tests.Partitions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Broker.Server.Tests.Groups;

/// <summary>A coordinator's replica over a group that the test owns, with a clock that the test moves.</summary>
internal sealed class CoordinatorBench : IDisposable
{
    private static readonly MemberClaim Nobody = new("", null, -1);

    private readonly DiskReads _diskReads = new(new ThreadScheduler(), 1);

    public CoordinatorBench()
    {
        Deadlines = new Deadlines(Time);
        Coordinator = Make(null);
    }

    public FakeTimeProvider Time { get; } = new();

    public Deadlines Deadlines { get; }

    public ScriptedGroup Group { get; } = new();

    public GroupCoordinator Coordinator { get; private set; }

    /// <summary>Another process has the replica now; it begins with what the checkpoint says.</summary>
    public void RestartFrom(byte[] checkpoint)
    {
        Coordinator = Make(checkpoint);
        Group.Become(Group.Status);
    }

    /// <summary>A commit by somebody who is no member.</summary>
    public Task<ErrorCode> CommitAsync(string group, long offset, int partition = 0) => Coordinator.CommitAsync(
        group,
        Nobody,
        [new OffsetRecord(
            group, new TopicPartition("orders", partition), new CommittedOffset(offset, -1, "", 1))]);

    /// <summary>The same, taken into the log and committed.</summary>
    public async Task StoreAsync(string group, long offset, int partition = 0)
    {
        Task<ErrorCode> answer = CommitAsync(group, offset, partition);
        Group.TakeProposals();
        Group.CommitAll();
        Assert.Equal(ErrorCode.None, await answer);
    }

    /// <summary>-1 for none.</summary>
    public async Task<long> FetchAsync(string group, int partition = 0)
    {
        (ErrorCode error, var offsets) = await Coordinator.FetchAsync(group, [new TopicPartition("orders", partition)]);
        Assert.Equal(ErrorCode.None, error);
        return Assert.Single(offsets).Offset?.Offset ?? -1;
    }

    public void Dispose()
    {
        Group.Dispose();
        _diskReads.Dispose();
        Deadlines.Dispose();
    }

    private GroupCoordinator Make(byte[]? checkpoint)
    {
        Partition partition = BenchParts.PlainPartition(Deadlines, _diskReads, Time);
        var coordinator = new GroupCoordinator(partition, new GroupResources
        {
            Offsets = TestOptions.With().Offsets,
            Groups = TestOptions.With().Groups,
            Deadlines = Deadlines,
            NewId = new MemberIds(default).Next,
            Logger = NullLogger.Instance,
        });
        IReplicaStateMachine machine = new CoordinatorReplica<GroupRecord>(partition, coordinator);
        if (checkpoint is not null)
            machine.Restore(checkpoint);
        Group.Serve(partition, machine);
        return coordinator;
    }
}

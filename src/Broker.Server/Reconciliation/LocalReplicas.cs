using Broker.Model;
using Broker.Raft;
using Broker.Replication;
using Broker.Server.Node;
using Broker.Server.Partitions;

namespace Broker.Server.Reconciliation;

/// <summary>The groups that run on this broker, as the replica host runs them over the data directory.</summary>
internal sealed class LocalReplicas(ReplicaHost host, NodeStorage storage, IReplicaMachines machines) : ILocalReplicas
{
    public IReadOnlyList<PartitionId> OnDisk() => storage.Partitions();

    public async Task<IPartitionReplica> StartAsync(
        ReplicaAssignment assignment, Partition partition, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var spec = new ReplicaSpec
        {
            Id = assignment.Id,
            Voters = VoterSet.Of(assignment.Voters.AsSpan()),
            Directory = storage.MakeDirectory(assignment.Id),
            Log = ReplicaPort.OptionsOf(assignment.Settings),
            CampaignAtOnce = assignment.IsPreferred,
            Abstains = assignment.LostItsPast,
            IsRelaxed = assignment.Settings.IsRelaxed,
        };
        return new ReplicaPort(await host.StartAsync(spec, machines.MachineOf(assignment, partition)));
    }

    public Task StopAsync(PartitionId id) => StopAsync(id, delete: false);

    public async Task DeleteAsync(PartitionId id)
    {
        await StopAsync(id, delete: true);
        storage.Delete(id);
    }

    // What was promised first: should the files come back, or never have gone, nothing is believed of them.
    public async Task RemoveAsync(PartitionId id)
    {
        await StopAsync(id, delete: false);
        await host.ForgetLogAsync(id);
        storage.Delete(id);
    }

    public Task<string> SetAsideAsync(PartitionId id) => Task.FromResult(storage.SetAside(id));

    private async Task StopAsync(PartitionId id, bool delete)
    {
        await host.StopAsync(id, delete);
        machines.Ended(id);
    }
}

using Broker.Model;
using Broker.Raft;
using Broker.Replication;
using Broker.Simulation.Invariants;

namespace Broker.Simulation.Worlds.Clusters;

/// <summary>
/// Reads what the groups' members say to each other on the wire, so that what can be seen there is always checked.
/// </summary>
internal sealed class GroupWatch(ClusterWorld world)
{
    private readonly Dictionary<PartitionId, GroupRecord> _groups = [];
    private readonly InvariantSet _invariants = new(world.Findings, world.Queue, (_, _, _) => true);
    private readonly ForgottenVotes _forgotten = new(
        world.Findings, (id, broker) => world.Metadata.Image.FindPartition(id)?.PlacedAt(broker) ?? long.MaxValue);

    public void Sent(BrokerId from, BrokerId to, byte[] frame)
    {
        foreach (GroupMessage message in Wire.Read(from, to, frame))
        {
            world.Faults.Sees(message.Message);
            _invariants.Sent(GroupOf(message.Group, from), message.Message, world.Seat(from).Lives);
            _forgotten.Sent(GroupOf(message.Group, from), message.Message, world.Seat(from).Lives);
            if (world.Queue.Trace.IsOn && !Wire.IsHeartbeat(message.Message))
            {
                world.Queue.Trace.Note(
                    world.Queue.Now, $"{from} → {to}", $"{message.Group} {WireText.Of(message.Message)}");
            }
        }
    }

    public void Forgot(BrokerId broker)
    {
        _invariants.Forgot(broker);
        _forgotten.Forgot(broker, world.Metadata.Last);
    }

    // Its voters are not asked for by what is checked here.
    private GroupRecord GroupOf(PartitionId id, BrokerId from)
    {
        if (!_groups.TryGetValue(id, out GroupRecord? group))
            _groups.Add(id, group = new GroupRecord(id, VoterSet.Of([from]), id.ToString()));
        return group;
    }
}

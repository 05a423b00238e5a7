using Broker.Model;
using Broker.Raft;
using Broker.Replication;
using Broker.Simulation.Invariants;
using MessagePack;

namespace Broker.Simulation.Worlds.Clusters;

/// <summary>
/// Reads what the groups' members say to each other on the wire, so that what can be seen there is always checked.
/// </summary>
internal sealed class GroupWatch(ClusterWorld world)
{
    private readonly Dictionary<PartitionId, GroupRecord> _groups = [];
    private readonly InvariantSet _invariants = new(world.Findings, world.Queue, (_, _, _) => true);

    public void Sent(BrokerId from, BrokerId to, byte[] frame)
    {
        var kind = (PeerFrameKind)frame[4];
        if (kind is not (PeerFrameKind.Messages or PeerFrameKind.Entries))
            return;

        int headerLength = frame[5] | (frame[6] << 8) | (frame[7] << 16);
        var reader = new MessagePackReader(frame.AsMemory(PeerFrame.PrefixSize, headerLength));
        while (!reader.End)
        {
            GroupMessage message = GroupMessageCodec.Read(ref reader, from, to);
            world.Faults.Sees(message.Message);
            _invariants.Sent(GroupOf(message.Group, from), message.Message, world.Seat(from).Lives);
            if (world.Queue.Trace.IsOn
                && message.Message.Kind is not (MessageKind.Heartbeat or MessageKind.HeartbeatReply))
            {
                world.Queue.Trace.Note(
                    world.Queue.Now, $"{from} → {to}", $"{message.Group} {WireText.Of(message.Message)}");
            }
        }
    }

    // Its voters are not asked for by what is checked here.
    private GroupRecord GroupOf(PartitionId id, BrokerId from)
    {
        if (!_groups.TryGetValue(id, out GroupRecord? group))
            _groups.Add(id, group = new GroupRecord(id, VoterSet.Of([from]), id.ToString()));
        return group;
    }
}

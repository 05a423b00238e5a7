using Broker.Model;
using Broker.Raft;
using Broker.Replication;
using MessagePack;

namespace Broker.Simulation.Worlds;

/// <summary>What the members of groups say to each other, read off the wire.</summary>
internal static class Wire
{
    /// <summary>The messages in a frame; none if it carries something else.</summary>
    public static List<GroupMessage> Read(BrokerId from, BrokerId to, byte[] frame)
    {
        List<GroupMessage> messages = [];
        if ((PeerFrameKind)frame[4] is not (PeerFrameKind.Messages or PeerFrameKind.Entries))
            return messages;

        int headerLength = frame[5] | (frame[6] << 8) | (frame[7] << 16);
        var reader = new MessagePackReader(frame.AsMemory(PeerFrame.PrefixSize, headerLength));
        while (!reader.End)
            messages.Add(GroupMessageCodec.Read(ref reader, from, to));
        return messages;
    }

    /// <summary>Said all the time, by everybody: no event, and too much for a story.</summary>
    public static bool IsHeartbeat(in RaftMessage message) =>
        message.Kind is MessageKind.Heartbeat or MessageKind.HeartbeatReply;
}

using Broker.Model;
using Broker.Raft;
using MessagePack;

namespace Broker.Replication;

/// <summary>
/// Group messages in MessagePack, one array each; who sent it and to whom is known from the connection. Readers skip
/// fields that are added behind.
/// </summary>
internal static class GroupMessageCodec
{
    private const int Fields = 15;
    private const int OldestFields = 14;
    private const int RejectedFlag = 1;
    private const int ForcedFlag = 2;
    private const int AbstainsFlag = 4;
    private const int FullFlag = 8;
    private const int SleepFlag = 16;
    private const int LacksTailOnlyFlag = 32;

    public static void Write(PeerFrame into, PartitionId group, in RaftMessage message, bool senderIsFull)
    {
        var writer = new MessagePackWriter(into);
        writer.WriteArrayHeader(Fields);
        writer.WriteGuid(group.Topic.Value);
        writer.Write(group.Index);
        writer.Write((byte)message.Kind);
        writer.Write(FlagsOf(message, senderIsFull));
        writer.Write(message.Term.Value);
        writer.Write(message.PrevIndex.Value);
        writer.Write(message.PrevTerm.Value);
        writer.Write(message.LastIndex.Value);
        writer.Write(message.EntriesTerm.Value);
        writer.Write(message.Commit.Value);
        writer.Write(message.Match.Value);
        writer.Write(message.HintIndex.Value);
        writer.Write(message.HintTerm.Value);
        writer.Write(message.ReadRound);
        writer.Write(message.Abstention);
        writer.Flush();
    }

    /// <exception cref="MessagePackSerializationException">Not a message.</exception>
    public static GroupMessage Read(ref MessagePackReader reader, BrokerId from, BrokerId to)
    {
        int fields = reader.ReadArrayHeader();
        if (fields < OldestFields)
            throw new MessagePackSerializationException("A group message with too few fields.");

        var group = new PartitionId(new TopicId(reader.ReadGuid()), reader.ReadInt32());
        var kind = (MessageKind)reader.ReadByte();
        int flags = reader.ReadInt32();
        var message = new RaftMessage
        {
            Kind = kind,
            From = from,
            To = to,
            Rejected = (flags & RejectedFlag) != 0,
            Forced = (flags & ForcedFlag) != 0,
            Abstains = (flags & AbstainsFlag) != 0,
            Sleep = (flags & SleepFlag) != 0,
            LacksTailOnly = (flags & LacksTailOnlyFlag) != 0,
            Term = new Term(reader.ReadInt32()),
            PrevIndex = new LogIndex(reader.ReadInt64()),
            PrevTerm = new Term(reader.ReadInt32()),
            LastIndex = new LogIndex(reader.ReadInt64()),
            EntriesTerm = new Term(reader.ReadInt32()),
            Commit = new LogIndex(reader.ReadInt64()),
            Match = new LogIndex(reader.ReadInt64()),
            HintIndex = new LogIndex(reader.ReadInt64()),
            HintTerm = new Term(reader.ReadInt32()),
            ReadRound = reader.ReadUInt64(),
            Abstention = fields > OldestFields ? reader.ReadInt64() : 0,
        };
        for (int i = Fields; i < fields; i++)
            reader.Skip();
        return new GroupMessage(group, message, (flags & FullFlag) != 0);
    }

    private static int FlagsOf(in RaftMessage message, bool senderIsFull) =>
        (message.Rejected ? RejectedFlag : 0) | (message.Forced ? ForcedFlag : 0)
        | (message.Abstains ? AbstainsFlag : 0) | (message.Sleep ? SleepFlag : 0)
        | (message.LacksTailOnly ? LacksTailOnlyFlag : 0) | (senderIsFull ? FullFlag : 0);
}

using Broker.Model;
using Broker.Raft;
using MessagePack;
using Xunit;

namespace Broker.Replication.Tests.Wire;

public sealed class GroupMessageCodecTests
{
    private static readonly PartitionId Group = new(TopicId.New(new Random(1)), 7);

    [Fact]
    public void Every_field_of_every_kind_survives()
    {
        var random = new Random(2);
        PeerFrame frame = new PeerFrame().Begin(PeerFrameKind.Messages);
        List<GroupMessage> written = [];
        foreach (MessageKind kind in Enum.GetValues<MessageKind>())
        {
            var message = new GroupMessage(Group, RandomMessage(kind, random), random.Next(2) == 0);
            GroupMessageCodec.Write(frame, message.Group, message.Message, message.SenderIsFull);
            written.Add(message);
        }

        Assert.Equal(written, ReadAll(frame));
    }

    [Fact]
    public void Anything_else_is_an_error_that_ends_the_connection()
    {
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++)
        {
            PeerFrame frame = new PeerFrame().Begin(PeerFrameKind.Messages);
            GroupMessageCodec.Write(frame, Group, RandomMessage(MessageKind.Append, random), senderIsFull: false);
            byte[] bytes = frame.Head.Span[PeerFrame.PrefixSize..].ToArray();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            ReadOnlyMemory<byte> broken = bytes.AsMemory(0, random.Next(1, bytes.Length + 1));

            Exception? failure = Record.Exception(() =>
            {
                var reader = new MessagePackReader(broken);
                while (!reader.End)
                    GroupMessageCodec.Read(ref reader, new BrokerId(1), new BrokerId(2));
            });

            Assert.True(
                failure is null or MessagePackSerializationException or EndOfStreamException or OverflowException,
                $"{failure}");
        }
    }

    private static List<GroupMessage> ReadAll(PeerFrame frame)
    {
        var reader = new MessagePackReader(frame.Head[PeerFrame.PrefixSize..]);
        List<GroupMessage> read = [];
        while (!reader.End)
            read.Add(GroupMessageCodec.Read(ref reader, new BrokerId(1), new BrokerId(2)));
        return read;
    }

    private static RaftMessage RandomMessage(MessageKind kind, Random random) => new()
    {
        Kind = kind,
        From = new BrokerId(1),
        To = new BrokerId(2),
        Term = new Term(random.Next()),
        PrevIndex = new LogIndex(random.NextInt64()),
        PrevTerm = new Term(random.Next()),
        LastIndex = new LogIndex(random.NextInt64()),
        EntriesTerm = new Term(random.Next()),
        Commit = new LogIndex(random.NextInt64()),
        Match = new LogIndex(random.NextInt64()),
        HintIndex = new LogIndex(random.NextInt64()),
        HintTerm = new Term(random.Next()),
        ReadRound = (ulong)random.NextInt64(),
        Rejected = random.Next(2) == 0,
        Abstains = random.Next(2) == 0,
        Forced = random.Next(2) == 0,
        Sleep = random.Next(2) == 0,
        LacksTailOnly = random.Next(2) == 0,
    };
}

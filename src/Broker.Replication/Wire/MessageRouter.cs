using System.Collections.Concurrent;
using Broker.Model;
using Broker.Raft;
using MessagePack;

namespace Broker.Replication;

/// <summary>
/// From the connections to the mailboxes: decodes what peers say, verifies their entries, and wakes each owner once per
/// frame. Runs on the receiving loops.
/// </summary>
internal sealed class MessageRouter(BrokerId self, PeerMemory memory, Action<ReplicaEvent> tellAll)
    : IPeerMessageReceiver
{
    private readonly ConcurrentDictionary<PartitionId, GroupOwner> _owners = new();
    private readonly Lock _gate = new();
    private readonly EarlyMessages _early = new();

    /// <summary>From now on the group hears its peers; what they asked it already comes first.</summary>
    public void Add(GroupOwner owner)
    {
        GroupMessage? early;
        lock (_gate)
        {
            _owners[owner.Id] = owner;
            early = _early.Take(owner.Id);
        }

        if (early is { } message)
            owner.Loop.Post(ReplicaEvent.Received(owner, message, null));
    }

    public void Remove(PartitionId group) => _owners.TryRemove(group, out _);

    public void Received(PeerIdentity from, in ReceivedFrame frame)
    {
        switch (frame.Kind)
        {
            case PeerFrameKind.Entries:
                Entries(from, frame);
                break;
            case PeerFrameKind.Beat:
                tellAll(ReplicaEvent.Beat(from.Broker));
                frame.Release();
                break;
            default:
                Messages(from, frame);
                break;
        }
    }

    public void SessionChanged(PeerIdentity from) => tellAll(ReplicaEvent.PeerLost(from.Broker));

    private void Messages(PeerIdentity from, in ReceivedFrame frame)
    {
        var reader = new MessagePackReader(frame.Header);
        List<OwnerLoop> loops = [];
        while (!reader.End)
        {
            GroupMessage message = GroupMessageCodec.Read(ref reader, from.Broker, self);
            if (Find(message) is not { } owner)
                continue;

            owner.Loop.PostQuietly(ReplicaEvent.Received(owner, message, null));
            if (!loops.Contains(owner.Loop))
                loops.Add(owner.Loop);
        }

        foreach (OwnerLoop loop in loops)
            loop.Wake();
        frame.Release();
    }

    private void Entries(PeerIdentity from, in ReceivedFrame frame)
    {
        var reader = new MessagePackReader(frame.Header);
        GroupMessage message = GroupMessageCodec.Read(ref reader, from.Broker, self);
        if (Find(message) is not { } owner)
        {
            frame.Release();
            return;
        }

        if (!memory.TryTake(frame.Buffer.Capacity))
        {
            // No room: the group hears where its leader stands, and is sent the entries again.
            RaftMessage bare = message.Message with { LastIndex = message.Message.PrevIndex, EntriesTerm = Term.Zero };
            owner.Loop.Post(ReplicaEvent.Received(owner, message with { Message = bare }, null));
            frame.Release();
            return;
        }

        var batch = new EntryBatch();
        if (!batch.TryTake(frame, message.Message))
        {
            memory.Give(frame.Buffer.Capacity);
            throw new PeerConnectionException(
                PeerConnectionError.Protocol, $"broker {from.Broker} sent broken entries of {message.Group}");
        }

        owner.Loop.Post(ReplicaEvent.Received(owner, message, batch));
    }

    private GroupOwner? Find(in GroupMessage message)
    {
        if (_owners.TryGetValue(message.Group, out GroupOwner? owner))
            return owner;

        lock (_gate)
        {
            if (_owners.TryGetValue(message.Group, out owner))
                return owner;

            _early.Keep(message);
            return null;
        }
    }
}

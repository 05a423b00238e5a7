using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>One thing in a mailbox. Which fields a kind uses is said by the maker below that makes it.</summary>
internal readonly struct ReplicaEvent
{
    public required ReplicaEventKind Kind { get; init; }

    /// <summary>Null: every group of the loop.</summary>
    public GroupOwner? Target { get; init; }

    public RaftMessage Message { get; init; }

    public bool SenderIsFull { get; init; }

    /// <summary>Entries (of a message), a proposal, or a command.</summary>
    public object? Item { get; init; }

    public HardState Hard { get; init; }

    public DiskReport Report { get; init; }

    public BrokerId Peer { get; init; }

    public static ReplicaEvent Received(GroupOwner target, in GroupMessage message, EntryBatch? entries) => new()
    {
        Kind = ReplicaEventKind.Message,
        Target = target,
        Message = message.Message,
        SenderIsFull = message.SenderIsFull,
        Item = entries,
    };

    public static ReplicaEvent Proposed(GroupOwner target, Proposal proposal) =>
        new() { Kind = ReplicaEventKind.Proposal, Target = target, Item = proposal };

    /// <summary>A broker gave a sign of life.</summary>
    public static ReplicaEvent Beat(BrokerId peer) => new() { Kind = ReplicaEventKind.Beat, Peer = peer };

    /// <summary>A session that a peer had with this broker has ended, or another one begun.</summary>
    public static ReplicaEvent PeerLost(BrokerId peer) => new() { Kind = ReplicaEventKind.PeerLost, Peer = peer };

    /// <summary>Every group of the loop wakes.</summary>
    public static ReplicaEvent Rouse() => new() { Kind = ReplicaEventKind.Rouse };

    public static ReplicaEvent Written(GroupOwner target, in DiskReport report) =>
        new() { Kind = ReplicaEventKind.Written, Target = target, Report = report };

    public static ReplicaEvent Saved(GroupOwner target, HardState hard) =>
        new() { Kind = ReplicaEventKind.HardStatePersisted, Target = target, Hard = hard };

    public static ReplicaEvent Command(GroupOwner target, Action<GroupOwner> command) =>
        new() { Kind = ReplicaEventKind.Command, Target = target, Item = command };

    public static ReplicaEvent PeerUp(BrokerId peer) => new() { Kind = ReplicaEventKind.PeerUp, Peer = peer };

    public static ReplicaEvent PeerGone(BrokerId peer) => new() { Kind = ReplicaEventKind.PeerGone, Peer = peer };
}

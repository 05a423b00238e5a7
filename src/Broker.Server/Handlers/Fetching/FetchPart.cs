using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Partitions;
using Broker.Storage;

namespace Broker.Server.Handlers.Fetching;

/// <summary>
/// One partition of a fetch: what was asked of it and what it gave. Used again; its slices are its own.
/// </summary>
internal sealed class FetchPart
{
    public FetchKey Key { get; private set; }

    public FetchPosition Position { get; private set; }

    public int MaxBytes { get; private set; }

    /// <summary>What the session knows of it; null for a fetch that goes by no session.</summary>
    public SessionPartition? Remembered { get; private set; }

    /// <summary>Whether it is in the answer: of a session's partitions only those of which there is news.</summary>
    public bool IsTold { get; set; }

    public TopicImage? Topic { get; set; }

    public int Index => Key.Index;

    /// <summary>Null if it cannot be asked; then the error says why.</summary>
    public IPartition? Partition { get; set; }

    public ErrorCode Error { get; set; }

    public FetchOutcome Outcome { get; set; }

    public LogSlices Slices { get; } = new();

    /// <summary>What the client is told of it.</summary>
    public ErrorCode Code => Error != ErrorCode.None ? Error : FaultCode.OfRead(Outcome.Fault);

    /// <summary>Whether there is something to tell that no waiting makes better.</summary>
    public bool IsDecided => Error != ErrorCode.None
        || Outcome.Diverging is not null
        || Outcome.Fault is not (PartitionFault.None or PartitionFault.LeaderNotReady);

    public static FetchPosition PositionOf(FetchRequest.FetchPartition wanted, FetchRequest request) => new(
        new Offset(wanted.FetchOffset),
        new Term(wanted.CurrentLeaderEpoch),
        new Term(wanted.LastFetchedEpoch),
        request.IsolationLevel == 1);

    public void Ask(in FetchKey key, in FetchPosition position, int maxBytes, SessionPartition? remembered = null)
    {
        (Key, Position, MaxBytes, Remembered) = (key, position, maxBytes, remembered);
        IsTold = true;
    }

    public void Clear()
    {
        Slices.Clear();
        (Topic, Partition, Outcome, Error) = (null, null, default, ErrorCode.None);
        (Key, Remembered) = (default, null);
    }
}

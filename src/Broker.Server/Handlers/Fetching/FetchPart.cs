using Broker.Metadata;
using Broker.Protocol;
using Broker.Server.Partitions;
using Broker.Storage;

namespace Broker.Server.Handlers.Fetching;

/// <summary>
/// One partition of a fetch: what was asked of it and what it gave. Used again; its slices are its own.
/// </summary>
internal sealed class FetchPart
{
    public TopicImage? Topic { get; set; }

    public int Index { get; set; }

    /// <summary>Null if it cannot be asked; then the error says why.</summary>
    public IPartition? Partition { get; set; }

    public FetchPosition Position { get; set; }

    public int MaxBytes { get; set; }

    public ErrorCode Error { get; set; }

    public FetchOutcome Outcome { get; set; }

    public LogSlices Slices { get; } = new();

    /// <summary>Whether there is something to tell that no waiting makes better.</summary>
    public bool IsDecided => Error != ErrorCode.None
        || Outcome.Diverging is not null
        || Outcome.Fault is not (PartitionFault.None or PartitionFault.LeaderNotReady);

    public void Clear()
    {
        Slices.Clear();
        (Topic, Partition, Outcome, Error) = (null, null, default, ErrorCode.None);
    }
}

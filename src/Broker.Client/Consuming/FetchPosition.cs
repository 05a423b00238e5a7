using Broker.Model;

namespace Broker.Client.Consuming;

/// <summary>How far a partition has been fetched. Owned by the fetcher.</summary>
internal sealed class FetchPosition(TopicPartition partition, Offset next)
{
    public TopicPartition Partition => partition;

    public Offset Next { get; set; } = next;

    /// <summary>Not before this time, on the clock's own scale: something went wrong and a retry waits.</summary>
    public long NotBefore { get; set; }

    public Backoff? Backoff { get; set; }

    public bool IsBeingFetched { get; set; }
}

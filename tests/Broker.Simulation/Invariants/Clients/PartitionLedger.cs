using Broker.Model;
using Broker.Simulation.Clients;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>What clients were told of a partition, and what they saw of it.</summary>
public sealed class PartitionLedger(PartitionId id, TopicLedger topic)
{
    public PartitionId Id => id;

    public TopicLedger Topic => topic;

    /// <summary>With acks=all, in the order of the answers.</summary>
    public List<ClientBatch> Acknowledged { get; } = [];

    /// <summary>Those of which every attempt was answered with "not written".</summary>
    public HashSet<ulong> Refused { get; } = [];

    /// <summary>All that anybody read, by base offset.</summary>
    public SortedDictionary<long, SeenBatch> Seen { get; } = [];

    /// <summary>The highest that each client was told.</summary>
    public SortedDictionary<string, Offset> HighWatermarks { get; } = new(StringComparer.Ordinal);

    /// <summary>The highest log start that each client was told by a leader of the newest epoch that it knew.</summary>
    public SortedDictionary<string, Offset> LogStarts { get; } = new(StringComparer.Ordinal);

    /// <summary>A deletion up to here was answered.</summary>
    public Offset DeletedBelow { get; set; }

    /// <summary>A deletion up to here was asked for: what lies below may be gone.</summary>
    public Offset MayBeGoneBelow { get; set; }

    /// <summary>Whether the partition may begin behind an offset.</summary>
    public bool MayLack(Offset offset) => topic.IsRetained || offset < MayBeGoneBelow;

    public override string ToString() => $"{topic.Name}-{id.Index} ({id.Topic})";
}

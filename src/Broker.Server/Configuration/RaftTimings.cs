namespace Broker.Server.Configuration;

/// <summary>The times by which silence is judged, for the partitions' groups and for the metadata group.</summary>
public sealed record RaftTimings
{
    public required TimeSpan Tick { get; init; }

    public required TimeSpan Heartbeat { get; init; }

    public required TimeSpan ElectionMin { get; init; }

    public required TimeSpan ElectionMax { get; init; }

    public required TimeSpan MetadataElectionMin { get; init; }

    public required TimeSpan MetadataElectionMax { get; init; }

    /// <summary>Silence of this length fences a broker.</summary>
    public required TimeSpan BrokerSession { get; init; }

    public required TimeSpan ReplicaLag { get; init; }
}

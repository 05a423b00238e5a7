using Broker.Model;
using Broker.Server.Groups;
using Broker.Server.Transactions;

namespace Broker.Server.Configuration;

/// <summary>A broker's configuration, read and checked once at its start; nothing changes afterwards.</summary>
public sealed record BrokerOptions
{
    public required BrokerId Id { get; init; }

    /// <summary>Null if the broker stands in no named rack.</summary>
    public string? Rack { get; init; }

    public required string DataDirectory { get; init; }

    /// <summary>At least one, in the order of their names.</summary>
    public required IReadOnlyList<ListenerOptions> Listeners { get; init; }

    public required HostAndPort PeerBind { get; init; }

    public required HostAndPort PeerAdvertised { get; init; }

    /// <summary>Null if no HTTP is served.</summary>
    public HostAndPort? HttpBind { get; init; }

    public required IReadOnlyList<MetadataVoter> MetadataVoters { get; init; }

    /// <summary>Used where this broker founds the cluster.</summary>
    public required int FoundingLevel { get; init; }

    public required TopicOptions Topics { get; init; }

    public required RequestLimits Requests { get; init; }

    public required ConnectionLimits Connections { get; init; }

    public required RaftTimings Raft { get; init; }

    public required MoveLimits Moves { get; init; }

    public required RebuildOptions Rebuilds { get; init; }

    public required LeadershipOptions Leadership { get; init; }

    public required ScrubOptions Scrub { get; init; }

    public required OffsetOptions Offsets { get; init; }

    public required TransactionOptions Transactions { get; init; }

    public required GroupOptions Groups { get; init; }

    public required long TailCacheBytes { get; init; }

    public required long DiskReserveBytes { get; init; }

    /// <summary>What was written, by key; what is left at its default is not listed.</summary>
    public required IReadOnlyDictionary<string, string> Given { get; init; }
}

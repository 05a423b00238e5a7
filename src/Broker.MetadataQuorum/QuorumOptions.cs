using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Storage;

namespace Broker.MetadataQuorum;

/// <summary>How a broker takes part in the metadata group.</summary>
/// <param name="Directory">Where log, snapshots, term and vote are kept; made if missing, its parent exists.</param>
/// <param name="Self">This broker.</param>
/// <param name="Incarnation">The life of this broker's data directory, from its first start on.</param>
/// <param name="Voters">The voters as configured: for the first start only; the log knows them from then on.</param>
public sealed record QuorumOptions(
    string Directory, BrokerId Self, Incarnation Incarnation, ImmutableArray<BrokerId> Voters)
{
    /// <summary>A follower that hears nothing for a random time between these two stands for election.</summary>
    public TimeSpan ShortestElectionTimeout { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <inheritdoc cref="ShortestElectionTimeout"/>
    public TimeSpan LongestElectionTimeout { get; init; } = TimeSpan.FromMilliseconds(600);

    /// <summary>How long a voter waits for another one's answer; beyond it the connection is opened anew.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After so many entries a snapshot of the image replaces them.</summary>
    public int EntriesPerSnapshot { get; init; } = 10_000;

    /// <summary>How much of the log's tail is kept in memory for followers; who is behind it gets the image.</summary>
    public int FollowedBytes { get; init; } = 4 << 20;

    /// <summary>Room on the disk that is kept for this log, among others.</summary>
    public DiskReserve Reserve { get; init; } = DiskReserve.None;

    /// <summary>The incarnation with which this broker is registered: another one where it lost partitions' votes.
    /// </summary>
    public Incarnation Registered { get; init; } = Incarnation;

    /// <summary>At which feature level a cluster begins, if this broker founds it.</summary>
    public int FoundingLevel { get; init; } = FeatureLevel.Newest;

    /// <summary>How long a follower's question waits for news before it is answered without any.</summary>
    public TimeSpan LongestPoll { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a change of the voters may take, catching up included.</summary>
    public TimeSpan ChangePatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause after a peer could not be reached.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);
}

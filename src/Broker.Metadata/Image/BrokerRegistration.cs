using System.Collections.Immutable;
using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>A broker as it last registered.</summary>
/// <param name="Details">What it said of itself.</param>
/// <param name="IncarnationSince">The metadata log's index at which this incarnation first registered.</param>
/// <param name="Fenced">Gone or silent.</param>
[MessagePackObject]
public sealed record BrokerRegistration(
    [property: Key(0)] BrokerRegistered Details,
    [property: Key(1)] long IncarnationSince,
    [property: Key(2)] bool Fenced)
{
    /// <summary>It is to leave: see <see cref="BrokerDraining"/>.</summary>
    [Key(3)]
    public bool IsDraining { get; init; }

    [IgnoreMember]
    public BrokerId Id => Details.Broker;

    [IgnoreMember]
    public Incarnation Incarnation => Details.Incarnation;

    [IgnoreMember]
    public ProcessIncarnation Process => Details.Process;

    [IgnoreMember]
    public HostAndPort Peer => Details.Peer;

    [IgnoreMember]
    public ImmutableArray<BrokerListener> Listeners => Details.Listeners;

    [IgnoreMember]
    public string? Rack => Details.Rack;

    [IgnoreMember]
    public bool IsAlive => !Fenced;
}

using System.Collections.Immutable;
using Broker.Model;

namespace Broker.MetadataQuorum;

/// <summary>What a broker says of itself when another one asks whether it may found the cluster.</summary>
internal sealed record Standing(
    StandingKind Kind, Incarnation Incarnation, ClusterId Cluster, ImmutableArray<Founder> Founders);

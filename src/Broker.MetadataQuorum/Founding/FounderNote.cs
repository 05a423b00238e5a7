using System.Collections.Immutable;
using Broker.Model;

namespace Broker.MetadataQuorum;

/// <summary>What <see cref="FounderFile"/> holds.</summary>
/// <param name="Begun">The log's files were made; from here on they must be there.</param>
/// <param name="Incarnation">The life of the data directory that took part.</param>
/// <param name="Founders">All voters of the founding.</param>
internal sealed record FounderNote(bool Begun, Incarnation Incarnation, ImmutableArray<Founder> Founders);

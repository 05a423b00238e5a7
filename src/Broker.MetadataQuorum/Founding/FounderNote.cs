using System.Collections.Immutable;
using Broker.Model;

namespace Broker.MetadataQuorum;

/// <summary>What <see cref="FounderFile"/> holds.</summary>
/// <param name="Stage">How far this data directory's vote has come.</param>
/// <param name="Incarnation">The life of the data directory that took part.</param>
/// <param name="Founders">All voters of the founding; empty if this one joined later, or left.</param>
internal sealed record FounderNote(NoteStage Stage, Incarnation Incarnation, ImmutableArray<Founder> Founders);

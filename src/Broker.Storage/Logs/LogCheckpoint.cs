using Broker.Model;

namespace Broker.Storage;

/// <summary>The state after applying the entry at (Index, Term), in bytes that Storage does not read.</summary>
public sealed record LogCheckpoint(LogIndex Index, Term Term, ReadOnlyMemory<byte> State);

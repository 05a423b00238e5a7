using Broker.Model;
using Broker.Storage;

namespace Broker.Simulation.Invariants;

/// <summary>An entry as a state machine was told of it.</summary>
public readonly record struct EntryRecord(
    LogIndex Index, Term Term, EntryKind Kind, Offset Offset, Offset NextOffset, ulong Hash)
{
    /// <summary>Values of clients begin with a token of their own, so no two of them have the same hash.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> payload) =>
        ((ulong)Crc32C.Compute(payload) << 32) | Crc32C.Compute(payload[..Math.Min(12, payload.Length)]);

    public override string ToString() => $"{Index} (term {Term}, {Kind} at {Offset}, {Hash:x16})";
}

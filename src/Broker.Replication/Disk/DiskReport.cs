using Broker.Model;

namespace Broker.Replication;

/// <summary>What a disk round did for one group.</summary>
/// <param name="Index">Flushed up to here, as of the log when the round began.</param>
/// <param name="Term">The term there.</param>
/// <param name="Truncations">How often the log had been truncated when the round began.</param>
/// <param name="IsFull">The disk refused what lies behind.</param>
/// <param name="Bytes">What the round wrote.</param>
/// <param name="Failure">Why, if not because it is full.</param>
internal readonly record struct DiskReport(
    LogIndex Index, Term Term, int Truncations, bool IsFull, long Bytes, string? Failure);

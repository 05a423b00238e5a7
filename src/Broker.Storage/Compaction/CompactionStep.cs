namespace Broker.Storage;

/// <summary>What one step of a pass did.</summary>
/// <param name="BytesRead">From the log, in either half of the pass.</param>
/// <param name="BytesWritten">Into new files.</param>
/// <param name="Ready">
/// A file that is to take the place of others: <see cref="PartitionLog.Adopt"/> it before the next step.
/// </param>
public readonly record struct CompactionStep(long BytesRead, long BytesWritten, CompactedSegment? Ready);

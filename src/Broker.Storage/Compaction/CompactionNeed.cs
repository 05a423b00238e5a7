using Broker.Model;

namespace Broker.Storage;

/// <summary>How much a log would gain by being compacted.</summary>
/// <param name="UpTo">The last index that a pass may touch; 0 if there is none.</param>
/// <param name="CleanBytes">In segments that the passes before have dealt with.</param>
/// <param name="DirtyBytes">In segments behind these, up to <paramref name="UpTo"/>.</param>
public readonly record struct CompactionNeed(LogIndex UpTo, long CleanBytes, long DirtyBytes)
{
    /// <summary>From 0 to 1, as <c>min.cleanable.dirty.ratio</c> has it.</summary>
    public double Ratio => DirtyBytes == 0 ? 0 : (double)DirtyBytes / (CleanBytes + DirtyBytes);
}

namespace Broker.Storage;

/// <summary>How one log is kept. Unchanging; a topic's settings are handed over anew when they change.</summary>
public sealed record LogOptions
{
    public static readonly LogOptions Default = new();

    /// <summary>A segment is closed before it grows beyond this, unless a single entry is longer.</summary>
    public long SegmentBytes { get; init; } = 1L << 30;

    /// <summary>A segment is closed when it is older than this.</summary>
    public TimeSpan SegmentAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The most that one round writes, so that other logs of a disk loop get their turn.</summary>
    public int RoundBytes { get; init; } = 16 << 20;

    /// <summary>
    /// Flushed bytes this far behind the end leave the page cache, so that its pages are used again instead of new
    /// ones: those are dear on virtual machines. 0 leaves them all.
    /// </summary>
    public long KeptInPageCache { get; init; } = 32L << 20;
}

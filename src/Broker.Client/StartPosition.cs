using Broker.Model;

namespace Broker.Client;

/// <summary>Where a consumer begins in a partition.</summary>
public readonly record struct StartPosition
{
    internal const long EarliestTimestamp = -2;
    internal const long LatestTimestamp = -1;

    private StartPosition(Offset? offset, long timestamp)
    {
        Offset = offset;
        Timestamp = timestamp;
    }

    /// <summary>The first record that is still there.</summary>
    public static StartPosition Earliest => new(null, EarliestTimestamp);

    /// <summary>Behind the last record: only what is written from now on.</summary>
    public static StartPosition Latest => new(null, LatestTimestamp);

    internal Offset? Offset { get; }

    internal long Timestamp { get; }

    public static StartPosition At(Offset offset) => new(offset, 0);

    /// <summary>The first record of this time or later; behind the last record if there is none.</summary>
    public static StartPosition From(DateTimeOffset time) => new(null, Math.Max(0, time.ToUnixTimeMilliseconds()));
}

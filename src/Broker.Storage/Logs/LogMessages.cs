using Broker.Model;
using Microsoft.Extensions.Logging;

namespace Broker.Storage;

/// <summary>What Storage tells an operator.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(1001, LogLevel.Information,
        "Recovered the log of {Group}: entries {First} to {Last} in {Segments} segments, "
        + "{Scanned} entries read in {Elapsed}")]
    public static partial void Recovered(
        this ILogger logger, PartitionId group, LogIndex first, LogIndex last, int segments, long scanned,
        TimeSpan elapsed);

    [LoggerMessage(1002, LogLevel.Warning,
        "Cut a torn tail of {Bytes} bytes off the log of {Group} behind entry {Last}: its write had not finished")]
    public static partial void CutTornTail(this ILogger logger, PartitionId group, long bytes, LogIndex last);

    [LoggerMessage(1003, LogLevel.Error,
        "The log of {Group} is damaged and quarantined: {Damage}. It neither votes nor leads until a leader "
        + "has filled it again. Set aside: {SetAside}")]
    public static partial void Quarantined(this ILogger logger, PartitionId group, LogDamage damage, string setAside);

    [LoggerMessage(1004, LogLevel.Information, "The log of {Group} is filled again, and out of quarantine")]
    public static partial void Healed(this ILogger logger, PartitionId group);

    [LoggerMessage(1005, LogLevel.Warning,
        "The checkpoint of {Group} is damaged and set aside: what its log still holds is replayed instead")]
    public static partial void CheckpointDamaged(this ILogger logger, PartitionId group);

    [LoggerMessage(1006, LogLevel.Information,
        "Deleted {Segments} segments of {Group}: the log begins with entry {First} now")]
    public static partial void DeletedSegments(this ILogger logger, PartitionId group, int segments, LogIndex first);

    [LoggerMessage(1007, LogLevel.Information,
        "The log of {Group} is built anew: it begins behind entry {Index}, its records at {LogStart}")]
    public static partial void Rebased(this ILogger logger, PartitionId group, LogIndex index, Offset logStart);
}

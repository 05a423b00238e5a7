namespace Broker.Server.Groups.Log;

/// <summary>Where a group goes on reading a partition.</summary>
/// <param name="LeaderEpoch">Of the record before it; -1 if the client did not say.</param>
/// <param name="CommitTimestamp">Unix milliseconds.</param>
/// <param name="ExpireTimestamp">Of records that name an end of their own; -1 for the broker's retention.</param>
internal sealed record CommittedOffset(
    long Offset, int LeaderEpoch, string Metadata, long CommitTimestamp, long ExpireTimestamp = -1);

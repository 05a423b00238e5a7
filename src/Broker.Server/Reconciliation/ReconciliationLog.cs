using Broker.Model;
using Broker.Raft;
using Microsoft.Extensions.Logging;
using Members = Broker.Raft.Configuration;

namespace Broker.Server.Reconciliation;

internal static partial class ReconciliationLog
{
    [LoggerMessage(2201, LogLevel.Information, "Started {Count} replicas in {Elapsed}.")]
    public static partial void Started(ILogger logger, int count, TimeSpan elapsed);

    [LoggerMessage(2202, LogLevel.Error,
        "The replica of {Topic} ({Partition}) could not be started; it is tried again.")]
    public static partial void StartFailed(ILogger logger, string topic, PartitionId partition, Exception failure);

    [LoggerMessage(2203, LogLevel.Information, "Deleted the data of {Count} partitions whose topics were deleted.")]
    public static partial void Deleted(ILogger logger, int count);

    [LoggerMessage(2204, LogLevel.Warning,
        "{Partition} lies on this broker's disk and the cluster does not know it: kept as stray in {Place}.")]
    public static partial void SetAside(ILogger logger, PartitionId partition, string place);

    [LoggerMessage(2205, LogLevel.Error, "The data of {Partition} could not be removed; it is tried again.")]
    public static partial void RemovalFailed(ILogger logger, PartitionId partition, Exception failure);

    [LoggerMessage(2207, LogLevel.Warning,
        "{Partition} is opened anew: cut off before its damage, it can be filled by its leader.")]
    public static partial void Reopening(ILogger logger, PartitionId partition);

    [LoggerMessage(2208, LogLevel.Information, "{Partition}: leadership goes back to broker {Broker}.")]
    public static partial void GivenBack(ILogger logger, PartitionId partition, BrokerId broker);

    [LoggerMessage(2206, LogLevel.Warning,
        "{Partition}: retention waits for broker {Broker}, which has not got what would be deleted.")]
    public static partial void RetentionHeld(ILogger logger, PartitionId partition, BrokerId broker);

    [LoggerMessage(2208, LogLevel.Information, "{Partition} was moved away: its data here are deleted.")]
    public static partial void MovedAway(ILogger logger, PartitionId partition);

    [LoggerMessage(2209, LogLevel.Information, "{Partition}: the members of its group become {Members}.")]
    public static partial void MembersAsked(ILogger logger, PartitionId partition, Members members);

    [LoggerMessage(2210, LogLevel.Information, "{Partition}: its replicas are where they were to be, on {Replicas}.")]
    public static partial void Moved(ILogger logger, PartitionId partition, VoterSet replicas);
}

using Broker.Model;
using Broker.Raft;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Replication;

/// <summary>What is logged about groups.</summary>
internal static partial class ReplicationLog
{
    [LoggerMessage(3101, LogLevel.Information, "{Partition}: elected leader in term {Term}")]
    public static partial void Elected(this ILogger log, PartitionId partition, Term term);

    [LoggerMessage(3102, LogLevel.Information, "{Partition}: lost leadership in term {Term}; the leader is {Leader}")]
    public static partial void LostLeadership(this ILogger log, PartitionId partition, Term term, BrokerId leader);

    [LoggerMessage(3103, LogLevel.Information, "{Partition}: replayed {Entries} entries in {Elapsed}")]
    public static partial void Replayed(this ILogger log, PartitionId partition, long entries, TimeSpan elapsed);

    [LoggerMessage(3105, LogLevel.Information, "{Partition}: filled by its leader; votes and counts again")]
    public static partial void Readmitted(this ILogger log, PartitionId partition);

    [LoggerMessage(3106, LogLevel.Error, "{Partition}: the disk is full; refusing appends, handing leadership over")]
    public static partial void StorageFull(this ILogger log, PartitionId partition);

    [LoggerMessage(3125, LogLevel.Error,
        "{Partition}: nothing can be written any more ({Failure}); refusing appends, handing leadership over")]
    public static partial void StorageFailed(this ILogger log, PartitionId partition, string failure);

    [LoggerMessage(3107, LogLevel.Information, "{Partition}: the disk takes records again")]
    public static partial void StorageRecovered(this ILogger log, PartitionId partition);

    [LoggerMessage(3108, LogLevel.Warning,
        "{Partition}: broker {Holder} holds the log start back at {HeldAt}: it has not got what lies up to {Wanted}")]
    public static partial void LogStartHeld(
        this ILogger log, PartitionId partition, BrokerId holder, LogIndex heldAt, LogIndex wanted);

    [LoggerMessage(3109, LogLevel.Critical, "Replication cannot go on; the broker has to stop")]
    public static partial void Fatal(this ILogger log, Exception failure);

    [LoggerMessage(
        3111, LogLevel.Warning, "{Partition}: cannot read entries {From} to {Last} for broker {Peer}: {Reason}")]
    public static partial void CatchUpFailed(
        this ILogger log, PartitionId partition, LogIndex from, LogIndex last, BrokerId peer, string reason);

    [LoggerMessage(3112, LogLevel.Information, "Handed over {Count} of {All} leaderships in {Elapsed}")]
    public static partial void Drained(this ILogger log, int count, int all, TimeSpan elapsed);

    [LoggerMessage(3114, LogLevel.Error,
        "{Partition}: quarantined, {Damage}. It neither votes nor leads nor counts until a leader has filled it again")]
    public static partial void Quarantined(this ILogger log, PartitionId partition, LogDamage damage);

    [LoggerMessage(3115, LogLevel.Warning, "{Partition}: no checkpoint at the end: {Reason}")]
    public static partial void CheckpointFailed(this ILogger log, PartitionId partition, string reason);

    [LoggerMessage(3113, LogLevel.Information, "{Partition}: deleted")]
    public static partial void Deleted(this ILogger log, PartitionId partition);

    [LoggerMessage(3116, LogLevel.Information,
        "{Partition}: broker {Leader} no longer has what is missing here; the log begins anew behind entry {Index}, "
        + "with the state of entry {Applied}")]
    public static partial void BeginsAnew(
        this ILogger log, PartitionId partition, BrokerId leader, LogIndex index, LogIndex applied);

    [LoggerMessage(3117, LogLevel.Warning, "{Partition}: the disk refused the base to begin anew from: {Reason}")]
    public static partial void BaseRefused(this ILogger log, PartitionId partition, string reason);

    [LoggerMessage(3122, LogLevel.Warning,
        "{Partition}: relaxed, and the power failed: the log ends at entry {Index}, offset {Offset}, and may lack what "
        + "was acknowledged behind. It abstains until a leader has filled it; where too few others are left, a leader "
        + "needs the votes of all voters, {Voters}, and waits for them")]
    public static partial void LacksTail(
        this ILogger log, PartitionId partition, LogIndex index, Offset offset, VoterSet voters);

    [LoggerMessage(3123, LogLevel.Error,
        "{Partition}: leads in term {Term} by the votes of all, because the power failed under too many: what was "
        + "acknowledged behind entry {Index}, from offset {Offset} on, is lost")]
    public static partial void ElectedByAll(
        this ILogger log, PartitionId partition, Term term, LogIndex index, Offset offset);

    [LoggerMessage(3118, LogLevel.Error, "{Partition}: read again in the background, and damaged: {Damage}")]
    public static partial void ScrubMetDamage(this ILogger log, PartitionId partition, LogDamage damage);

    [LoggerMessage(3119, LogLevel.Warning, "{Partition}: could not be read again in the background: {Reason}")]
    public static partial void ScrubFailed(this ILogger log, PartitionId partition, string reason);

    [LoggerMessage(3120, LogLevel.Information,
        "All logs were read again: {Bytes} bytes in {Elapsed}, damage met {Damaged} times")]
    public static partial void Scrubbed(this ILogger log, long bytes, TimeSpan elapsed, int damaged);

    [LoggerMessage(3121, LogLevel.Warning,
        "Reading all logs again took {Elapsed}, longer than log.scrub.interval.ms ({Interval}): allow it more by "
        + "log.scrub.bytes.per.second")]
    public static partial void ScrubIsSlow(this ILogger log, TimeSpan elapsed, TimeSpan interval);

    [LoggerMessage(3122, LogLevel.Error,
        "{Partition}: there is no checkpoint of what came of the entries before {First}, where the log begins. It is "
        + "asked for from whoever leads; until then this replica leads only if nobody else does")]
    public static partial void StateLost(this ILogger log, PartitionId partition, LogIndex first);

    [LoggerMessage(3123, LogLevel.Error,
        "{Partition}: leads, though what came of the entries before {First} is lost and nobody could give it: the "
        + "records are whole, but producers that wrote nothing since are forgotten, and a repetition of what they "
        + "wrote before would be taken for new")]
    public static partial void GoesOnWithoutState(this ILogger log, PartitionId partition, LogIndex first);
}

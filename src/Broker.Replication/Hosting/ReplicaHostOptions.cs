using Broker.Raft;

namespace Broker.Replication;

/// <summary>How a broker runs its groups.</summary>
public sealed record ReplicaHostOptions
{
    public static readonly ReplicaHostOptions Default = new();

    /// <summary>Times of the groups in ticks, and what may be under way to one follower.</summary>
    public RaftOptions Raft { get; init; } = RaftOptions.Default;

    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// A follower that has not reached the leader's end for so long is not in sync (replica.lag.time.max.ms).
    /// </summary>
    public TimeSpan LagLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Retention does not wait for a replica that was silent for so long: it begins anew when it comes back.
    /// </summary>
    public TimeSpan RebuildDelay { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Loops that own groups; 0 takes one per processor.</summary>
    public int OwnerLoops { get; init; }

    /// <summary>Loops that write and flush, a thread each.</summary>
    public int DiskLoops { get; init; } = 2;

    /// <summary>Proposals of one group that are not answered yet; more are not taken.</summary>
    public int MaxProposals { get; init; } = 16 * 1024;

    /// <summary>The same in bytes.</summary>
    public long MaxProposalBytes { get; init; } = 64L << 20;

    /// <summary>Entries of peers that are not on disk yet, all groups together, in bytes.</summary>
    public long PeerMemoryBytes { get; init; } = 256L << 20;

    /// <summary>Entries read from disk for followers that are far behind, in bytes per second.</summary>
    public long CatchUpBytesPerSecond { get; init; } = 128L << 20;

    /// <summary>Catch-up reads that may wait; more are let go and asked for again.</summary>
    public int MaxCatchUpReads { get; init; } = 1024;

    /// <summary>
    /// From the beginning of one pass of the scrub, which reads all that is flushed, to that of the next; zero: never.
    /// </summary>
    public TimeSpan ScrubInterval { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How much it reads per second.</summary>
    public long ScrubBytesPerSecond { get; init; } = 16L << 20;

    /// <summary>How often flushed marks are remembered while logs are written.</summary>
    public TimeSpan MarkInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What relaxed logs have written is flushed after so long.</summary>
    public TimeSpan RelaxedFlushInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Or as soon as one of them has written so much that is not flushed.</summary>
    public long RelaxedFlushBytes { get; init; } = 64L << 20;

    /// <summary>How often the room on the disk is measured.</summary>
    public TimeSpan DiskLook { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often a full disk is tried again.</summary>
    public TimeSpan FullDiskRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Files of logs that were not used for this long, or at most twice as long, are closed.</summary>
    public TimeSpan UnusedFileLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a proposal's fate may stay open after leadership was lost.</summary>
    public TimeSpan UncertainLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A checkpoint is due when so much was written since the last.</summary>
    public long CheckpointBytes { get; init; } = 64L << 20;

    /// <summary>But not more often than this.</summary>
    public TimeSpan ShortestCheckpointInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Or when anything was written and the last one is so old.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(60);

    internal int InTicks(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time / Tick));
}

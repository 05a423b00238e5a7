using System.Collections.Immutable;

namespace Broker.Metadata;

/// <summary>Every config that a topic can have.</summary>
public static class TopicConfigTable
{
    public const string CleanupPolicy = "cleanup.policy";
    public const string CompressionType = "compression.type";
    public const string DeleteRetentionMs = "delete.retention.ms";
    public const string Durability = "broker.durability";
    public const string MaxMessageBytes = "max.message.bytes";
    public const string MessageTimestampType = "message.timestamp.type";
    public const string MinCleanableDirtyRatio = "min.cleanable.dirty.ratio";
    public const string MinCompactionLagMs = "min.compaction.lag.ms";
    public const string MinInSyncReplicas = "min.insync.replicas";
    public const string RetentionBytes = "retention.bytes";
    public const string RetentionMs = "retention.ms";
    public const string SegmentBytes = "segment.bytes";
    public const string SegmentMs = "segment.ms";
    public const string UncleanLeaderElection = "unclean.leader.election.enable";

    // Taken for compatibility: what is said of it has to stay true.
    private const string Later = "Of no effect: nothing is compacted yet.";

    /// <summary>A value of <see cref="Durability"/>.</summary>
    public const string Relaxed = "relaxed";

    private const long Week = 7L * 24 * 60 * 60 * 1000;
    private const long Day = 24L * 60 * 60 * 1000;

    /// <summary>In ordinal order of their names.</summary>
    public static readonly ImmutableArray<TopicConfigDefinition> All =
    [
        TopicConfigDefinition.Choice(
            Durability,
            ["flushed", Relaxed],
            "When acks=all is answered: 'flushed' means on the disks of a majority of the replicas; 'relaxed' in their "
            + "page caches, which the death of all processes leaves, and a power cut of a majority does not."),
        TopicConfigDefinition.Choices(
            CleanupPolicy,
            ["delete", "compact"],
            "What becomes of old data: 'delete' drops it by age and size, 'compact' keeps every key's last record (and "
                + "all others too: nothing is compacted yet)."),
        TopicConfigDefinition.Choice(
            CompressionType,
            ["producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"],
            "How batches are stored; 'producer' keeps what the producer sent."),
        TopicConfigDefinition.Whole(
            DeleteRetentionMs,
            Day,
            0,
            long.MaxValue,
            "How long a compacted topic keeps the marks of deleted keys. " + Later),
        TopicConfigDefinition.Whole(
            MaxMessageBytes, 1_048_588, 0, int.MaxValue, "The largest record batch that is taken, in bytes."),
        TopicConfigDefinition.Choice(
            MessageTimestampType,
            ["CreateTime", "LogAppendTime"],
            "Whether records keep the producer's time or get the broker's."),
        TopicConfigDefinition.Ratio(
            MinCleanableDirtyRatio,
            "0.5",
            "How much of a compacted log must be new before it is compacted again. " + Later),
        TopicConfigDefinition.Whole(
            MinCompactionLagMs,
            0,
            0,
            long.MaxValue,
            "How long records stay as they are before they are compacted. " + Later),
        TopicConfigDefinition.Whole(
            MinInSyncReplicas,
            1,
            1,
            int.MaxValue,
            "How many replicas must have a write before acks=all is answered; never fewer than a majority."),
        TopicConfigDefinition.Whole(
            RetentionBytes, -1, -1, long.MaxValue, "How many bytes a partition keeps; -1 for no limit."),
        TopicConfigDefinition.Whole(
            RetentionMs, Week, -1, long.MaxValue, "How long records are kept; -1 for ever."),
        TopicConfigDefinition.Whole(
            SegmentBytes, 1L << 30, 14, int.MaxValue, "The size at which a new segment file is begun."),
        TopicConfigDefinition.Whole(
            SegmentMs, Week, 1, long.MaxValue, "The age at which a new segment file is begun."),
        TopicConfigDefinition.Flag(
            UncleanLeaderElection,
            false,
            "Taken for compatibility and always false: a leader has every committed record."),
    ];

    private static readonly ImmutableSortedDictionary<string, TopicConfigDefinition> ByName =
        All.ToImmutableSortedDictionary(one => one.Name, one => one, StringComparer.Ordinal);

    public static TopicConfigDefinition? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Null and the values to store, or what is wrong with the first that is wrong.</summary>
    public static Refusal? Check(
        ImmutableArray<KeyValuePair<string, string?>> given, out ImmutableSortedDictionary<string, string> configs)
    {
        configs = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        if (given.IsDefault)
        {
            return null;
        }

        foreach ((string name, string? value) in given)
        {
            if (CheckName(name, out TopicConfigDefinition definition) is { } unknown)
            {
                return unknown;
            }

            if (CheckValue(definition, value, out string stored) is { } wrong)
            {
                return wrong;
            }

            configs = configs.SetItem(name, stored);
        }

        return null;
    }

    /// <summary>Null and the definition, or that there is none.</summary>
    internal static Refusal? CheckName(string name, out TopicConfigDefinition definition)
    {
        definition = Find(name)!;
        if (definition is not null)
        {
            return null;
        }

        string nearest = NearestName.Of(name, ByName.Keys);
        return Refuse($"There is no topic config '{name}'. Did you mean '{nearest}'?");
    }

    /// <param name="stored">What is kept of a value that is allowed.</param>
    internal static Refusal? CheckValue(TopicConfigDefinition definition, string? value, out string stored)
    {
        stored = "";
        if (value is null || !definition.Allows(value))
        {
            string found = value is null ? "nothing" : $"'{value}'";
            return Refuse($"Topic config '{definition.Name}' is {found}; it must be {definition.Allowed}.");
        }

        stored = definition.Name == UncleanLeaderElection ? "false" : value;
        return null;
    }

    private static Refusal Refuse(string message) => new(RefusalReason.InvalidConfig, message);
}

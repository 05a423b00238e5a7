using System.Globalization;

namespace Broker.Metadata;

/// <summary>A topic's configs as values: what was set, else the defaults. Negative limits mean none.</summary>
public sealed record TopicSettings(
    long RetentionMs,
    long RetentionBytes,
    long SegmentMs,
    int SegmentBytes,
    bool Deletes,
    bool Compacts,
    int MinInSyncReplicas,
    int MaxMessageBytes,
    string CompressionType,
    bool LogAppendTime,
    long DeleteRetentionMs,
    double MinCleanableDirtyRatio,
    long MinCompactionLagMs,
    bool IsRelaxed)
{
    public static readonly TopicSettings Default = From(new SortedDictionary<string, string>());

    /// <summary>Reads configs that were checked before they were committed.</summary>
    public static TopicSettings From(IReadOnlyDictionary<string, string> configs)
    {
        string[] policies = Text(TopicConfigTable.CleanupPolicy).Split(',', StringSplitOptions.TrimEntries);
        return new TopicSettings(
            Whole(TopicConfigTable.RetentionMs),
            Whole(TopicConfigTable.RetentionBytes),
            Whole(TopicConfigTable.SegmentMs),
            (int)Whole(TopicConfigTable.SegmentBytes),
            policies.Contains("delete"),
            policies.Contains("compact"),
            (int)Whole(TopicConfigTable.MinInSyncReplicas),
            (int)Whole(TopicConfigTable.MaxMessageBytes),
            Text(TopicConfigTable.CompressionType),
            Text(TopicConfigTable.MessageTimestampType) == "LogAppendTime",
            Whole(TopicConfigTable.DeleteRetentionMs),
            double.Parse(Text(TopicConfigTable.MinCleanableDirtyRatio), CultureInfo.InvariantCulture),
            Whole(TopicConfigTable.MinCompactionLagMs),
            Text(TopicConfigTable.Durability) == TopicConfigTable.Relaxed);

        string Text(string name) => configs.GetValueOrDefault(name) ?? TopicConfigTable.Find(name)!.Default;
        long Whole(string name) => long.Parse(Text(name), CultureInfo.InvariantCulture);
    }
}

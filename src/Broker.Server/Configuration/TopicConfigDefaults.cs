using System.Collections.Immutable;
using System.Globalization;
using Broker.Metadata;

namespace Broker.Server.Configuration;

/// <summary>The broker's own defaults of topic configs: what holds for a topic on which nothing is set.</summary>
public sealed class TopicConfigDefaults
{
    private readonly ImmutableSortedDictionary<string, (SettingDefinition Setting, string Value)> _byConfig;
    private readonly ImmutableSortedDictionary<string, string> _values;

    public TopicConfigDefaults(TopicOptions options)
    {
        var defaults = ImmutableSortedDictionary.CreateBuilder<string, (SettingDefinition, string)>(
            StringComparer.Ordinal);
        defaults[TopicConfigTable.MinInSyncReplicas] = (Settings.MinInSyncReplicas, Text(options.MinInSyncReplicas));
        defaults[TopicConfigTable.MaxMessageBytes] = (Settings.MessageBytes, Text(options.MaxMessageBytes));
        defaults[TopicConfigTable.RetentionBytes] = (Settings.RetentionBytes, Text(options.RetentionBytes));
        defaults[TopicConfigTable.RetentionMs] = (Settings.RetentionTime, Milliseconds(options.RetentionTime));
        defaults[TopicConfigTable.SegmentBytes] = (Settings.SegmentBytes, Text(options.SegmentBytes));
        defaults[TopicConfigTable.SegmentMs] = (Settings.SegmentTime, Milliseconds(options.SegmentTime));
        _byConfig = defaults.ToImmutable();
        _values = _byConfig.ToImmutableSortedDictionary(
            pair => pair.Key, pair => pair.Value.Value, StringComparer.Ordinal);
    }

    /// <summary>The settings in force for a topic on which these configs are set.</summary>
    public TopicSettings SettingsOf(ImmutableSortedDictionary<string, string> configs) =>
        TopicSettings.From(_values.SetItems(configs));

    /// <summary>The broker's key that this topic config falls back to, and its value; null if there is none.</summary>
    public (SettingDefinition Setting, string Value)? Find(string config) =>
        _byConfig.TryGetValue(config, out (SettingDefinition Setting, string Value) found) ? found : null;

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan time) => Text((long)time.TotalMilliseconds);
}

using Broker.Metadata;
using Broker.Server.Configuration;

namespace Broker.Server.Handlers.Configs;

/// <summary>A topic config in force, where it comes from, and what it would fall back to.</summary>
internal readonly record struct TopicConfigEntry(
    TopicConfigDefinition Definition, string? OnTopic, (SettingDefinition Setting, string Value)? OnBroker)
{
    /// <summary>The numbers that DescribeConfigs uses for where a value comes from.</summary>
    public const sbyte FromTopic = 1;
    public const sbyte FromBroker = 4;
    public const sbyte FromDefault = 5;

    public string Value => OnTopic ?? OnBroker?.Value ?? Definition.Default;

    public sbyte Source => OnTopic is not null ? FromTopic : OnBroker is not null ? FromBroker : FromDefault;

    /// <summary>One is taken for compatibility, but has one value only; the other is chosen at the creation.</summary>
    public bool IsReadOnly =>
        Definition.Name is TopicConfigTable.UncleanLeaderElection or TopicConfigTable.Durability;

    /// <summary>All configs of a topic on which these are set, in the order of their names.</summary>
    public static IEnumerable<TopicConfigEntry> All(
        IReadOnlyDictionary<string, string> configs, BrokerOptions options)
    {
        TopicConfigDefaults defaults = options.Topics.Configs;
        foreach (TopicConfigDefinition definition in TopicConfigTable.All.OrderBy(
            definition => definition.Name, StringComparer.Ordinal))
        {
            (SettingDefinition Setting, string Value)? onBroker = defaults.Find(definition.Name);
            bool isGiven = onBroker is { } broker && options.Given.ContainsKey(broker.Setting.Key);
            yield return new TopicConfigEntry(
                definition, configs.GetValueOrDefault(definition.Name), isGiven ? onBroker : null);
        }
    }
}

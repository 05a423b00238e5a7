using System.Collections.Immutable;
using System.Globalization;

namespace Broker.Metadata;

/// <summary>What is set on a living topic is changed, one config at a time or all together.</summary>
public static class TopicConfigPlanner
{
    /// <summary>Null where the cluster is at the level that knows the record.</summary>
    public static Refusal? Require(ClusterImage image) =>
        FeatureLevelPlanner.Require(image, FeatureLevel.TopicConfigs, "Changing the configs of a topic");

    /// <summary>One <see cref="TopicConfigsChanged"/>, nothing where they are so already, or why not.</summary>
    public static Plan Change(ClusterImage image, TopicConfigWish wish, TopicDefaults defaults)
    {
        if (Require(image) is { } tooOld)
        {
            return tooOld;
        }

        if (image.FindTopic(wish.Id) is not { } topic)
        {
            return Plan.Refuse(RefusalReason.UnknownTopic, $"Topic '{wish.Topic}' was deleted.");
        }

        Refusal? refusal = Draft(topic, wish, out ImmutableSortedDictionary<string, string> configs)
            ?? CheckFixed(topic, configs)
            ?? CheckInternal(topic, configs, defaults);
        if (refusal is not null)
        {
            return refusal;
        }

        return configs.SequenceEqual(topic.Configs)
            ? Plan.Nothing
            : Plan.Of(new TopicConfigsChanged(topic.Id, configs));
    }

    private static Refusal? Draft(
        TopicImage topic, TopicConfigWish wish, out ImmutableSortedDictionary<string, string> configs)
    {
        configs = wish.ReplacesAll
            ? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal)
            : topic.Configs;
        HashSet<string> named = [];
        foreach (ConfigChange change in wish.Changes)
        {
            if (!named.Add(change.Name))
            {
                return new Refusal(
                    RefusalReason.InvalidRequest, $"Topic config '{change.Name}' is named twice in the request.");
            }

            if (Apply(change, ref configs) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static Refusal? Apply(ConfigChange change, ref ImmutableSortedDictionary<string, string> configs)
    {
        if (TopicConfigTable.CheckName(change.Name, out TopicConfigDefinition definition) is { } unknown)
        {
            return unknown;
        }

        if (change.Operation == ConfigOperation.Delete)
        {
            configs = configs.Remove(change.Name);
            return null;
        }

        if (TopicConfigTable.CheckValue(definition, change.Value, out string value) is { } wrong)
        {
            return wrong;
        }

        if (change.Operation != ConfigOperation.Set)
        {
            if (definition.Type != TopicConfigType.List)
            {
                return Invalid($"Topic config '{change.Name}' is no list: it can be set and deleted only.");
            }

            value = Edit(configs.GetValueOrDefault(change.Name) ?? definition.Default, change.Operation, value);
            if (value.Length == 0)
            {
                return Invalid($"Topic config '{change.Name}' would be left empty; it must be {definition.Allowed}.");
            }
        }

        configs = configs.SetItem(change.Name, value);
        return null;
    }

    private static string Edit(string list, ConfigOperation operation, string given)
    {
        IEnumerable<string> before = Parts(list);
        return string.Join(',', operation == ConfigOperation.Append
            ? before.Union(Parts(given))
            : before.Except(Parts(given)));
    }

    private static string[] Parts(string list) => list.Split(',', StringSplitOptions.TrimEntries);

    /// <summary>What a topic is for as long as it lives.</summary>
    private static Refusal? CheckFixed(TopicImage topic, ImmutableSortedDictionary<string, string> configs)
    {
        if (Differs(topic, configs, TopicConfigTable.Durability, out string durability))
        {
            return Invalid(
                $"Topic '{topic.Name}' is '{durability}' for as long as it lives, and "
                + $"'{TopicConfigTable.Durability}' can't be changed: what its replicas have acknowledged so far was "
                + "promised under it. Leave it as it is, or create another topic and copy the records.");
        }

        return null;
    }

    private static bool Differs(
        TopicImage topic, ImmutableSortedDictionary<string, string> configs, string name, out string before)
    {
        string @default = TopicConfigTable.Find(name)!.Default;
        before = topic.Configs.GetValueOrDefault(name) ?? @default;
        return (configs.GetValueOrDefault(name) ?? @default) != before;
    }

    /// <summary>The coordinators must be able to write, and to find again what they have written.</summary>
    private static Refusal? CheckInternal(
        TopicImage topic, ImmutableSortedDictionary<string, string> configs, TopicDefaults defaults)
    {
        if (!InternalTopics.IsAlwaysFlushed(topic.Name))
        {
            return null;
        }

        if (Differs(topic, configs, TopicConfigTable.CleanupPolicy, out string policy))
        {
            return Invalid(
                $"'{TopicConfigTable.CleanupPolicy}' of the internal topic '{topic.Name}' stays '{policy}': under "
                + "another one what its coordinators have written would be lost, or never end.");
        }

        int replicas = topic.Partitions.Min(partition => partition.Target.Length);
        int inSync = Whole(configs, TopicConfigTable.MinInSyncReplicas) ?? defaults.MinInSyncReplicas;
        if (inSync > replicas)
        {
            return Invalid(
                $"'{TopicConfigTable.MinInSyncReplicas}' of the internal topic '{topic.Name}' would be {inSync}, and "
                + $"a partition of it has {replicas} replicas: it could not be written any more. Set {replicas} or "
                + "fewer, or give it more replicas first.");
        }

        int least = int.Parse(
            TopicConfigTable.Find(TopicConfigTable.MaxMessageBytes)!.Default, CultureInfo.InvariantCulture);
        return Whole(configs, TopicConfigTable.MaxMessageBytes) is { } most && most < least
            ? Invalid(
                $"'{TopicConfigTable.MaxMessageBytes}' of the internal topic '{topic.Name}' can't be less than "
                + $"{least}: what a coordinator writes of a large group could not be written any more.")
            : null;
    }

    private static int? Whole(ImmutableSortedDictionary<string, string> configs, string name) =>
        configs.TryGetValue(name, out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private static Refusal Invalid(string message) => new(RefusalReason.InvalidConfig, message);
}

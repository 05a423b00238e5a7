using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Metadata;

/// <summary>A topic as the metadata log has it.</summary>
public sealed class TopicImage
{
    public TopicImage(
        TopicId id, string name, PartitionTable partitions, ImmutableSortedDictionary<string, string> configs)
        : this(id, name, partitions, configs, TopicSettings.From(configs))
    {
    }

    private TopicImage(
        TopicId id,
        string name,
        PartitionTable partitions,
        ImmutableSortedDictionary<string, string> configs,
        TopicSettings settings)
    {
        Id = id;
        Name = name;
        Partitions = partitions;
        Configs = configs;
        Settings = settings;
    }

    public TopicId Id { get; }

    public string Name { get; }

    public PartitionTable Partitions { get; }

    /// <summary>What was set on this topic, and only that.</summary>
    public ImmutableSortedDictionary<string, string> Configs { get; }

    /// <summary>All settings in force: what was set, else the defaults.</summary>
    public TopicSettings Settings { get; }

    internal TopicImage With(ImmutableSortedDictionary<string, string> configs) => new(Id, Name, Partitions, configs);

    internal TopicImage With(PartitionTable partitions) => new(Id, Name, partitions, Configs, Settings);
}

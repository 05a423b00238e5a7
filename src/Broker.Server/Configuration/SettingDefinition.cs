using Broker.Metadata;

namespace Broker.Server.Configuration;

/// <summary>One key of a broker's configuration: its name, what it may be, and what it is when nobody says.</summary>
public abstract class SettingDefinition(string key, string? @default, string allowed, string meaning)
{
    public string Key { get; } = key;

    /// <summary>The value in the form in which it would be written; null if the key has to be given.</summary>
    public string? Default { get; } = @default;

    /// <summary>What the value may be, as an operator reads it.</summary>
    public string Allowed { get; } = allowed;

    public string Meaning { get; } = meaning;

    /// <summary>The type of its values, as Kafka numbers them.</summary>
    public abstract TopicConfigType Type { get; }

    /// <summary>The value that the text stands for, or null if it is none that is allowed.</summary>
    internal abstract object? Read(string text);
}

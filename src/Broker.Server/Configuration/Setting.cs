using Broker.Metadata;

namespace Broker.Server.Configuration;

/// <summary>A key with the type of its value; <paramref name="parse"/> gives null for what is not allowed.</summary>
public sealed class Setting<T>(
    string key, string? @default, string allowed, string meaning, Func<string, object?> parse)
    : SettingDefinition(key, @default, allowed, meaning)
{
    public override TopicConfigType Type { get; } = default(T) switch
    {
        bool => TopicConfigType.Boolean,
        int => TopicConfigType.Int,
        long or TimeSpan => TopicConfigType.Long,
        _ => TopicConfigType.String,
    };

    internal override object? Read(string text) => parse(text);
}

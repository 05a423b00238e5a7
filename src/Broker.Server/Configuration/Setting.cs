namespace Broker.Server.Configuration;

/// <summary>A key with the type of its value; <paramref name="parse"/> gives null for what is not allowed.</summary>
public sealed class Setting<T>(
    string key, string? @default, string allowed, string meaning, Func<string, object?> parse)
    : SettingDefinition(key, @default, allowed, meaning)
{
    internal override object? Read(string text) => parse(text);
}

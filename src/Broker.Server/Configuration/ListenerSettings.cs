using Broker.Model;

namespace Broker.Server.Configuration;

/// <summary>The keys of one named listener: <c>listeners.NAME.bind</c> and <c>listeners.NAME.advertised</c>.</summary>
public static class ListenerSettings
{
    private const string Prefix = "listeners.";

    /// <summary>The forms in which the documentation and messages name these keys.</summary>
    public static readonly IReadOnlyList<SettingDefinition> Patterns =
    [
        SettingKind.Address(
            "listeners.NAME.bind", null, "Where Kafka clients are listened for; at least one listener is needed."),
        SettingKind.Address("listeners.NAME.advertised", "", "What clients are told to connect to; empty: as bound."),
    ];

    /// <summary>The listener's name and the pattern, if the key is one of a listener's.</summary>
    internal static (string Name, SettingDefinition Pattern)? Match(string key)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal))
            return null;

        int dot = key.LastIndexOf('.');
        foreach (SettingDefinition pattern in Patterns)
        {
            string suffix = pattern.Key[pattern.Key.LastIndexOf('.')..];
            if (dot > Prefix.Length && key.EndsWith(suffix, StringComparison.Ordinal))
                return (key[Prefix.Length..dot], pattern);
        }

        return null;
    }

    internal static string BindKey(string name) => $"{Prefix}{name}.bind";

    internal static string AdvertisedKey(string name) => $"{Prefix}{name}.advertised";
}

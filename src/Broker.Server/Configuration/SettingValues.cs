using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Configuration;

/// <summary>
/// What all sources together say: later ones win, unknown keys and wrong values are collected as errors.
/// </summary>
internal sealed class SettingValues(List<string> errors)
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _listeners = new(StringComparer.Ordinal);

    /// <summary>What every key was set to, by key; what is left at its default is not listed.</summary>
    public IReadOnlyDictionary<string, string> Given => _texts;

    /// <summary>The names of all listeners, in ordinal order.</summary>
    public IReadOnlyCollection<string> Listeners => _listeners;

    public void Add(IReadOnlyList<SettingText> texts)
    {
        foreach (SettingText text in texts)
        {
            SettingDefinition? setting = Find(text.Key);
            if (setting is null)
                errors.Add($"{text.Key}: unknown key, found in {text.Origin}; did you mean {Nearest(text.Key)}?");
            else if (setting.Read(text.Value) is { } value)
                (_values[text.Key], _texts[text.Key]) = (value, text.Value);
            else
                errors.Add($"{text.Key}: found '{text.Value}' in {text.Origin}; allowed: {setting.Allowed}.");
        }
    }

    /// <summary>The value, or the default; a key that has to be given and is not is an error.</summary>
    public T? Get<T>(Setting<T> setting) => Get(setting.Key, setting) is T value ? value : default;

    public HostAndPort? Address(Setting<HostAndPort?> setting) => Get(setting.Key, setting) as HostAndPort?;

    public HostAndPort? ListenerAddress(string key, int pattern) =>
        Get(key, ListenerSettings.Patterns[pattern]) as HostAndPort?;

    private object? Get(string key, SettingDefinition setting)
    {
        if (_values.TryGetValue(key, out object? value))
            return value;

        if (setting.Default is { } text)
            return setting.Read(text);

        if (!errors.Exists(error => error.StartsWith(key + ":", StringComparison.Ordinal)))
            errors.Add($"{key}: not given, and it has no default; allowed: {setting.Allowed}.");

        return null;
    }

    private SettingDefinition? Find(string key)
    {
        if (ListenerSettings.Match(key) is not { } listener)
            return Settings.All.FirstOrDefault(setting => setting.Key == key);

        _listeners.Add(listener.Name);
        return listener.Pattern;
    }

    private static string Nearest(string key) =>
        NearestName.Of(key, Settings.All.Concat(ListenerSettings.Patterns).Select(setting => setting.Key));
}

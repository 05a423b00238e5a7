using System.Globalization;
using Broker.Model;

namespace Broker.Server.Configuration;

/// <summary>The kinds of values that keys take: each says what it allows and reads exactly that.</summary>
internal static class SettingKind
{
    public static Setting<int> Integer(string key, int? @default, int min, int max, string meaning) =>
        new(key, @default?.ToString(CultureInfo.InvariantCulture), Range(min, max), meaning,
            text => TryInteger(text, min, max, out long value) ? (int)value : null);

    public static Setting<long> Long(string key, long @default, long min, long max, string meaning) =>
        new(key, @default.ToString(CultureInfo.InvariantCulture), Range(min, max), meaning,
            text => TryInteger(text, min, max, out long value) ? value : null);

    public static Setting<TimeSpan> Milliseconds(string key, long @default, long min, long max, string meaning) =>
        new(key, @default.ToString(CultureInfo.InvariantCulture), Range(min, max), meaning,
            text => TryInteger(text, min, max, out long value) ? TimeSpan.FromMilliseconds(value) : null);

    public static Setting<bool> Flag(string key, bool @default, string meaning) =>
        new(key, @default ? "true" : "false", "true, false", meaning,
            text => text switch { "true" => true, "false" => false, _ => null });

    public static Setting<string> Text(string key, string? @default, string allowed, string meaning) =>
        new(key, @default, allowed, meaning, text => @default is null && text.Length == 0 ? null : text);

    public static Setting<HostAndPort?> Address(string key, string? @default, string meaning) =>
        new(key, @default, @default?.Length == 0 ? "host:port, or empty" : "host:port", meaning,
            text => text.Length == 0 && @default?.Length == 0 ? NoAddress : AddressOrNull(text));

    public static Setting<IReadOnlyList<MetadataVoter>> Voters(string key, string meaning) =>
        new(key, null, "a list of id@host:port, no id twice", meaning, VotersOrNull);

    /// <summary>What an address that may be left empty is read as; null would say "not allowed".</summary>
    internal static readonly object NoAddress = new();

    private static string Range(long min, long max) => (min, max) switch
    {
        (_, int.MaxValue or long.MaxValue) => string.Create(CultureInfo.InvariantCulture, $"{min} or more"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{min} to {max}"),
    };

    private static bool TryInteger(string text, long min, long max, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
        && value >= min && value <= max;

    private static object? AddressOrNull(string text) =>
        HostAndPort.TryParse(text, out HostAndPort address) ? address : null;

    private static IReadOnlyList<MetadataVoter>? VotersOrNull(string text)
    {
        var voters = new List<MetadataVoter>();
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!MetadataVoter.TryParse(item, out MetadataVoter? voter) || voters.Exists(other => other.Id == voter.Id))
                return null;

            voters.Add(voter);
        }

        return voters.Count == 0 ? null : voters;
    }
}

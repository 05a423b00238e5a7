using System.Globalization;

namespace Broker.Generators.Model;

/// <summary>
/// Versions from First to Last, both included; Last is <see cref="Open"/> where the schema says "and later".
/// </summary>
public readonly record struct VersionRange(short First, short Last)
{
    public const short Open = short.MaxValue;

    public static readonly VersionRange All = new(0, Open);

    public bool Contains(int version) => version >= First && version <= Last;

    public bool Covers(VersionRange other) => First <= other.First && Last >= other.Last;

    public VersionRange Within(VersionRange other) =>
        new(Math.Max(First, other.First), Math.Min(Last, other.Last));

    public bool IsEmpty => First > Last;

    /// <summary>Reads <c>3</c>, <c>3-12</c> or <c>3+</c>.</summary>
    public static bool TryParse(string text, out VersionRange range)
    {
        range = default;
        int dash = text.IndexOf('-');
        string first = dash >= 0 ? text.Substring(0, dash) : text.TrimEnd('+');
        if (!TryParseNumber(first, out short from))
            return false;
        short to = from;
        if (dash >= 0 && !TryParseNumber(text.Substring(dash + 1), out to))
            return false;
        if (dash < 0 && text.Length != first.Length)
            to = text.Length == first.Length + 1 ? Open : (short)-1;
        range = new VersionRange(from, to);
        return !range.IsEmpty;
    }

    public override string ToString() => Last == Open ? $"{First}+" : First == Last ? $"{First}" : $"{First}-{Last}";

    private static bool TryParseNumber(string text, out short value) =>
        short.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value < Open;
}

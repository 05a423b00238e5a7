using System.Globalization;

namespace Broker.Metadata;

/// <summary>One config that a topic can have.</summary>
public sealed class TopicConfigDefinition
{
    private readonly Func<string, bool> _allows;

    private TopicConfigDefinition(
        string name,
        TopicConfigType type,
        string @default,
        string allowed,
        Func<string, bool> allows,
        string documentation)
    {
        Name = name;
        Type = type;
        Default = @default;
        Allowed = allowed;
        Documentation = documentation;
        _allows = allows;
    }

    public string Name { get; }

    public TopicConfigType Type { get; }

    public string Default { get; }

    /// <summary>The values that are taken, in words.</summary>
    public string Allowed { get; }

    public string Documentation { get; }

    public bool Allows(string value) => _allows(value);

    internal static TopicConfigDefinition Whole(
        string name, long @default, long min, long max, string documentation) => new(
            name,
            max > int.MaxValue ? TopicConfigType.Long : TopicConfigType.Int,
            @default.ToString(CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"),
            text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
                && value >= min && value <= max,
            documentation);

    internal static TopicConfigDefinition Ratio(string name, string @default, string documentation) => new(
        name,
        TopicConfigType.Double,
        @default,
        "a number from 0 to 1",
        text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && value is >= 0 and <= 1,
        documentation);

    internal static TopicConfigDefinition Choice(string name, string[] values, string documentation) => new(
        name,
        TopicConfigType.String,
        values[0],
        $"one of {string.Join(", ", values)}",
        text => values.Contains(text, StringComparer.Ordinal),
        documentation);

    internal static TopicConfigDefinition Choices(string name, string[] values, string documentation) => new(
        name,
        TopicConfigType.List,
        values[0],
        $"one or more of {string.Join(", ", values)}, separated by commas",
        text => text.Split(',', StringSplitOptions.TrimEntries)
            .All(part => values.Contains(part, StringComparer.Ordinal)),
        documentation);

    internal static TopicConfigDefinition Flag(string name, bool @default, string documentation) => new(
        name,
        TopicConfigType.Boolean,
        @default ? "true" : "false",
        "true or false",
        text => text is "true" or "false",
        documentation);
}

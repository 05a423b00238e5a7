using System.Globalization;
using Broker.Generators.Model;

namespace Broker.Generators.Parsing;

/// <summary>Reads a field's line: <c>Name type [versions] [tag N] [= default] [ignorable] [# comment]</c>.</summary>
internal static class FieldParser
{
    private static readonly Dictionary<string, FieldKind> Kinds = new(StringComparer.Ordinal)
    {
        ["bool"] = FieldKind.Bool,
        ["int8"] = FieldKind.Int8,
        ["int16"] = FieldKind.Int16,
        ["uint16"] = FieldKind.UInt16,
        ["int32"] = FieldKind.Int32,
        ["uint32"] = FieldKind.UInt32,
        ["int64"] = FieldKind.Int64,
        ["float64"] = FieldKind.Float64,
        ["uuid"] = FieldKind.Uuid,
        ["string"] = FieldKind.String,
        ["bytes"] = FieldKind.Bytes,
        ["records"] = FieldKind.Records,
        ["topicName"] = FieldKind.TopicName,
        ["topicId"] = FieldKind.TopicId,
        ["brokerId"] = FieldKind.BrokerId,
        ["producerId"] = FieldKind.ProducerId,
        ["errorCode"] = FieldKind.ErrorCode,
    };

    /// <summary>Returns the field, or null and says why in <paramref name="problem"/>.</summary>
    public static FieldSchema? Parse(SchemaLine line, out string problem)
    {
        problem = "";
        if (line.Words.Length < 2)
        {
            problem = "a field has a name and a type";
            return null;
        }

        string name = line.Words[0];
        if (!IsTypeName(name))
            problem = $"the field name '{name}' must begin with a capital letter and hold letters and digits only";
        FieldType? type = ParseType(line.Words[1]);
        if (type is null)
            problem = $"'{line.Words[1]}' is not a type";
        if (problem.Length > 0)
            return null;

        var field = new FieldSchema(name, type!, VersionRange.All, null, null, false, line.Comment);
        return ParseAttributes(field, line.Words, ref problem);
    }

    private static FieldSchema? ParseAttributes(FieldSchema field, string[] words, ref string problem)
    {
        for (int i = 2; i < words.Length; i++)
        {
            string? next = i + 1 < words.Length ? words[i + 1] : null;
            if (VersionRange.TryParse(words[i], out VersionRange versions))
            {
                field = field with { Versions = versions };
            }
            else if (words[i] == "ignorable")
            {
                field = field with { Ignorable = true };
            }
            else if (words[i] == "tag" && TryParseTag(next, out int tag))
            {
                field = field with { Tag = tag };
                i++;
            }
            else if (words[i] == "=" && next is not null)
            {
                field = field with { Default = next };
                i++;
            }
            else
            {
                problem = $"'{words[i]}' is none of versions, 'tag N', '= default', 'ignorable'";
                return null;
            }
        }

        return field;
    }

    private static FieldType? ParseType(string text)
    {
        VersionRange? nullable = null;
        int question = text.IndexOf('?');
        if (question >= 0)
        {
            string range = text.Substring(question + 1);
            if (range.Length == 0)
                nullable = VersionRange.All;
            else if (VersionRange.TryParse(range, out VersionRange parsed))
                nullable = parsed;
            else
                return null;
            text = text.Substring(0, question);
        }

        bool isArray = text.StartsWith("[", StringComparison.Ordinal) && text.EndsWith("]", StringComparison.Ordinal);
        string element = isArray ? text.Substring(1, text.Length - 2) : text;
        if (Kinds.TryGetValue(element, out FieldKind kind))
            return new FieldType(kind, null, isArray, nullable);
        return IsTypeName(element) ? new FieldType(FieldKind.Struct, element, isArray, nullable) : null;
    }

    private static bool TryParseTag(string? text, out int tag)
    {
        tag = 0;
        return text is not null && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out tag);
    }

    internal static bool IsTypeName(string text) =>
        text.Length > 0 && text[0] is >= 'A' and <= 'Z' && text.All(char.IsLetterOrDigit);
}

using System.Text.Json;

namespace Broker.Server.Configuration;

/// <summary>
/// Reads what was written in a file, in the environment and on the command line; judges nothing but form.
/// </summary>
internal static class SettingSource
{
    private const string VariablePrefix = "BROKER__";

    private static readonly JsonDocumentOptions JsonForm = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>
    /// Objects within objects are the same as keys with dots; a list is the same as its items between commas.
    /// </summary>
    public static IReadOnlyList<SettingText> FromJson(string origin, string json, List<string> errors)
    {
        var found = new List<SettingText>();
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, JsonForm);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                errors.Add($"{origin}: found {document.RootElement.ValueKind}; allowed: one JSON object with keys.");
            else
                Flatten("", document.RootElement, origin, found, errors);
        }
        catch (JsonException broken)
        {
            errors.Add($"{origin}: not JSON at line {broken.LineNumber + 1}, byte {broken.BytePositionInLine}.");
        }

        return found;
    }

    /// <summary>
    /// <c>BROKER__NUM_PARTITIONS</c> is <c>num.partitions</c>; any run of underscores stands for a dot.
    /// </summary>
    public static IReadOnlyList<SettingText> FromEnvironment(IEnumerable<KeyValuePair<string, string>> variables)
    {
        var found = new List<SettingText>();
        foreach ((string name, string value) in variables.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(VariablePrefix, StringComparison.Ordinal))
                continue;

            string[] words = name[VariablePrefix.Length..].ToLowerInvariant()
                .Split('_', StringSplitOptions.RemoveEmptyEntries);
            found.Add(new SettingText(string.Join('.', words), value, $"environment variable {name}"));
        }

        return found;
    }

    /// <summary><c>--num.partitions=3</c> or <c>--num.partitions 3</c>.</summary>
    public static IReadOnlyList<SettingText> FromArguments(IReadOnlyList<string> arguments, List<string> errors)
    {
        var found = new List<SettingText>();
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (!argument.StartsWith("--", StringComparison.Ordinal))
                errors.Add($"command line: found '{argument}'; allowed: --key=value or --key value.");
            else if (equals >= 0)
            {
                string key = argument[..equals];
                found.Add(new SettingText(key[2..], argument[(equals + 1)..], $"command line {key}"));
            }
            else if (i + 1 < arguments.Count)
                found.Add(new SettingText(argument[2..], arguments[++i], $"command line {argument}"));
            else
                errors.Add($"command line: {argument} has no value.");
        }

        return found;
    }

    private static void Flatten(
        string prefix, JsonElement value, string origin, List<SettingText> found, List<string> errors)
    {
        foreach (JsonProperty property in value.EnumerateObject())
        {
            string key = prefix + property.Name;
            if (property.Value.ValueKind == JsonValueKind.Object)
                Flatten(key + ".", property.Value, origin, found, errors);
            else if (found.Exists(other => other.Key == key))
                errors.Add($"{key}: given twice in {origin}.");
            else
                found.Add(new SettingText(key, TextOf(property.Value), origin));
        }
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join(',', value.EnumerateArray().Select(TextOf)),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => value.GetRawText(),
    };
}

using System.Reflection;
using Broker.Generators.Model;
using Broker.Generators.Parsing;

namespace Broker.Protocol.Tests;

/// <summary>The schema files that Broker.Protocol was generated from, parsed.</summary>
internal static class SchemaFiles
{
    public static readonly IReadOnlyList<ApiSchema> All = [.. Load().Select(file => file.Schema).OfType<ApiSchema>()];

    public static readonly IReadOnlyList<RecordSchema> Records =
        [.. Load().Select(file => file.Record).OfType<RecordSchema>()];

    private static List<ParsedSchema> Load()
    {
        Assembly assembly = typeof(SchemaFiles).Assembly;
        var schemas = new List<ParsedSchema>();
        foreach (string name in assembly.GetManifestResourceNames())
        {
            if (!name.EndsWith(".kafka", StringComparison.Ordinal))
                continue;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            ParsedSchema parsed = SchemaParser.Parse(name, reader.ReadToEnd());
            schemas.Add(
                parsed.Problems.Count == 0 ? parsed : throw new InvalidOperationException(parsed.Problems[0].Message));
        }

        return schemas;
    }
}

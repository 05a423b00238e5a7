using System.Reflection;
using Broker.Generators.Model;
using Broker.Generators.Parsing;

namespace Broker.Protocol.Tests;

/// <summary>The schema files that Broker.Protocol was generated from, parsed.</summary>
internal static class SchemaFiles
{
    public static readonly IReadOnlyList<ApiSchema> All = Load();

    private static List<ApiSchema> Load()
    {
        Assembly assembly = typeof(SchemaFiles).Assembly;
        var schemas = new List<ApiSchema>();
        foreach (string name in assembly.GetManifestResourceNames())
        {
            if (!name.EndsWith(".kafka", StringComparison.Ordinal))
                continue;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            ParsedSchema parsed = SchemaParser.Parse(name, reader.ReadToEnd());
            schemas.Add(parsed.Schema ?? throw new InvalidOperationException(parsed.Problems[0].Message));
        }

        return schemas;
    }
}

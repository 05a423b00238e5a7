using System.Collections.Immutable;
using System.Text;
using Broker.Generators.Emission;
using Broker.Generators.Model;
using Broker.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Broker.Generators;

/// <summary>
/// Turns the schema files (*.kafka among the additional files) into message types with their codecs, and a catalogue
/// of all. Three steps: text to an equatable model, model to source, and once more the models together to the
/// catalogue. A file that has not changed is neither parsed nor emitted again.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class SchemaGenerator : IIncrementalGenerator
{
    public const string ParseStep = "ParseSchema";

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<ParsedSchema> schemas = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(".kafka", StringComparison.Ordinal))
            .Select(static (file, token) => SchemaParser.Parse(file.Path, file.GetText(token)?.ToString() ?? ""))
            .WithTrackingName(ParseStep);
        context.RegisterSourceOutput(schemas, EmitMessages);
        context.RegisterSourceOutput(schemas.Collect(), EmitCatalogue);
    }

    private static void EmitMessages(SourceProductionContext context, ParsedSchema parsed)
    {
        foreach (SchemaProblem problem in parsed.Problems)
            context.ReportDiagnostic(Problems.ToDiagnostic(problem));
        if (parsed.Record is { } record)
            Add(context, record.Message.Root.Name, MessageEmitter.Emit(record));
        if (parsed.Schema is not { } api)
            return;
        Add(context, api.Request.Root.Name, MessageEmitter.Emit(api, api.Request, isRequest: true));
        Add(context, api.Response.Root.Name, MessageEmitter.Emit(api, api.Response, isRequest: false));
    }

    private static void EmitCatalogue(SourceProductionContext context, ImmutableArray<ParsedSchema> parsed)
    {
        List<ApiSchema> apis = [.. parsed.Select(file => file.Schema).OfType<ApiSchema>()];
        foreach (IGrouping<short, ApiSchema> same in apis.GroupBy(api => api.Key).Where(same => same.Count() > 1))
            context.ReportDiagnostic(Diagnostic.Create(Problems.DuplicateApi, Location.None, same.Key));
        if (apis.Count > 0)
            Add(context, "ApiCatalogue", CatalogueEmitter.Emit(apis));
    }

    private static void Add(SourceProductionContext context, string name, string source) =>
        context.AddSource(name + ".g.cs", SourceText.From(source, Encoding.UTF8));
}

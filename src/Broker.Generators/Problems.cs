using Broker.Generators.Model;
using Broker.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Broker.Generators;

/// <summary>The diagnostics that a schema file can raise, each at the line that caused it.</summary>
internal static class Problems
{
    public static readonly DiagnosticDescriptor BadLine = new(
        SchemaParser.BadLine, "Schema line not understood", "{0}", "Schema", DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor Contradiction = new(
        SchemaParser.Contradiction, "Schema contradicts itself", "{0}", "Schema", DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor DuplicateApi = new(
        "KAFKA003",
        "Two schemas for one API",
        "The API key {0} has two schemas",
        "Schema",
        DiagnosticSeverity.Error,
        true);

    public static Diagnostic ToDiagnostic(SchemaProblem problem)
    {
        var start = new LinePosition(problem.Line, 0);
        var location = Location.Create(problem.Path, default, new LinePositionSpan(start, start));
        DiagnosticDescriptor descriptor = problem.Id == SchemaParser.BadLine ? BadLine : Contradiction;
        return Diagnostic.Create(descriptor, location, problem.Message);
    }
}

using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Broker.Generators.Tests;

public sealed class SchemaGeneratorTests
{
    private const string Small = """
        # Says hello
        api Hello 90
        versions 0-2
        flexible 2+

        request
            Name    string?1+
            Count   int32   1+  = 7
        response
            Error   errorCode
        """;

    [Theory]
    [InlineData("SampleRequest")]
    [InlineData("SampleResponse")]
    [InlineData("ApiCatalogue")]
    public void What_is_emitted_is_what_was_reviewed(string name)
    {
        GeneratorDriverRunResult result = Run(new SchemaText("Sample.kafka", Snapshot("Sample.kafka"))).GetRunResult();
        SyntaxTree tree = result.GeneratedTrees.Single(tree => Path.GetFileName(tree.FilePath) == name + ".g.cs");
        string source = tree.GetText(TestContext.Current.CancellationToken).ToString();
        Accept(name + ".txt", source);
        Assert.Equal(Snapshot(name + ".txt"), source);
    }

    [Fact]
    public void A_file_that_did_not_change_is_not_parsed_again()
    {
        var one = new SchemaText("A.kafka", Small);
        var two = new SchemaText("B.kafka", Small.Replace("Hello 90", "Howdy 91", StringComparison.Ordinal));
        GeneratorDriver driver = Run(one, two);

        var changed = new SchemaText("B.kafka", Small.Replace("Hello 90", "Servus 91", StringComparison.Ordinal));
        GeneratorRunResult result =
            RunAgain(driver.ReplaceAdditionalText(two, changed)).GetRunResult().Results[0];

        Assert.Equal(
            [IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified],
            Reasons(result, SchemaGenerator.ParseStep));
    }

    [Fact]
    public void A_comment_that_changes_nothing_emits_nothing_anew()
    {
        var before = new SchemaText("A.kafka", Small);
        GeneratorDriver driver = Run(before);

        var after = new SchemaText("A.kafka", Small.Replace("\n\n", "\n# between\n\n", StringComparison.Ordinal));
        GeneratorRunResult result =
            RunAgain(driver.ReplaceAdditionalText(before, after)).GetRunResult().Results[0];

        Assert.Equal([IncrementalStepRunReason.Unchanged], Reasons(result, SchemaGenerator.ParseStep));
        Assert.All(
            result.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs),
            output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }

    [Fact]
    public void A_broken_schema_is_reported_at_its_line()
    {
        string broken = Small.Replace("int32   1+", "int33   1+", StringComparison.Ordinal);
        GeneratorDriverRunResult result = Run(new SchemaText("dir/A.kafka", broken)).GetRunResult();
        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal("KAFKA001", diagnostic.Id);
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.Equal("dir/A.kafka", diagnostic.Location.GetLineSpan().Path);
        Assert.Equal(7, diagnostic.Location.GetLineSpan().StartLinePosition.Line);
        Assert.Empty(result.GeneratedTrees);
    }

    [Fact]
    public void Two_schemas_for_one_api_are_reported()
    {
        string other = Small.Replace("Hello", "Howdy", StringComparison.Ordinal);
        GeneratorDriverRunResult result =
            Run(new SchemaText("A.kafka", Small), new SchemaText("B.kafka", other)).GetRunResult();
        Assert.Equal("KAFKA003", Assert.Single(result.Diagnostics).Id);
    }

    [Fact]
    public void Files_of_other_kinds_are_left_alone() =>
        Assert.Empty(Run(new SchemaText("A.txt", "api")).GetRunResult().GeneratedTrees);

    private static GeneratorDriver Run(params AdditionalText[] files)
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new SchemaGenerator().AsSourceGenerator()],
            files,
            driverOptions: new GeneratorDriverOptions(default, trackIncrementalGeneratorSteps: true));
        return RunAgain(driver);
    }

    private static GeneratorDriver RunAgain(GeneratorDriver driver) =>
        driver.RunGenerators(CSharpCompilation.Create("test"), TestContext.Current.CancellationToken);

    private static IEnumerable<IncrementalStepRunReason> Reasons(GeneratorRunResult result, string step) =>
        result.TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason);

    /// <summary>After a change on purpose: run once with this variable set, read the difference, commit it.</summary>
    private static void Accept(string name, string source, [CallerFilePath] string here = "")
    {
        if (Environment.GetEnvironmentVariable("BROKER_ACCEPT_SNAPSHOTS") is not null)
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(here)!, "Snapshots", name), source);
    }

    private static string Snapshot(string name)
    {
        using Stream stream = typeof(SchemaGeneratorTests).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"no snapshot {name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

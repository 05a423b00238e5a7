using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Broker.Tidy.Tests;

/// <summary>No stubs, no skipped tests, no warning switched off in passing, no file that nothing uses.</summary>
public sealed class HonestyTests
{
    private static readonly string[] StubTypes = ["NotImplementedException", "NotSupportedYetException"];

    [Fact]
    public void There_are_no_stubs() => Report.None(
        from file in Repository.Sources.Where(file => file.Project != "Broker.Tidy.Tests")
        from name in StubTypes
        where file.Identifiers.Contains(name)
        select $"{file.Path}: {name}",
        "what is not there yet is absent");

    [Fact]
    public void No_test_is_skipped() => Report.None(
        from file in Repository.Sources.Where(file => !file.IsInSource && file.Project != "Broker.Tidy.Tests")
        from name in file.Unit.DescendantNodes().OfType<AttributeArgumentSyntax>()
        let called = name.NameEquals?.Name.Identifier.ValueText
        where called is "Skip" or "SkipWhen" or "SkipUnless" or "Explicit"
        select file.At(name),
        "a test that is not run proves nothing");

    [Fact]
    public void Warnings_are_obeyed_not_switched_off() => Report.None(
        from file in Repository.Sources
        from trivia in file.Unit.DescendantTrivia(descendIntoTrivia: true)
        where trivia.IsKind(SyntaxKind.PragmaWarningDirectiveTrivia)
        select $"{file.Path}:{file.Tree.GetLineSpan(trivia.Span).StartLinePosition.Line + 1}",
        "no #pragma warning: mend the cause, or say it once in .editorconfig with its reason");

    [Fact]
    public void There_are_no_regions() => Report.None(
        from file in Repository.Sources
        from trivia in file.Unit.DescendantTrivia(descendIntoTrivia: true)
        where trivia.IsKind(SyntaxKind.RegionDirectiveTrivia)
        select file.Path,
        "no #region");

    [Fact]
    public void Projects_switch_off_no_warnings() => Report.None(
        from project in Repository.Projects
        where Repository.Read(project.Path).Contains("<NoWarn", StringComparison.Ordinal)
        select project.Path,
        "no NoWarn");

    [Fact]
    public void No_file_is_dead()
    {
        var sources = Repository.Sources.Where(file => file.IsInSource).ToList();
        Report.None(
            from file in sources
            let names = NamesToBeFound(file).ToList()
            where names.Count > 0
            where !Repository.Sources.Any(other => other != file && names.Any(other.Identifiers.Contains))
            select file.Path,
            "a file whose types nothing else names");
    }

    /// <summary>
    /// What others would have to name to use the file: its types; of a static class also its public and internal
    /// members, because extension methods are called without it. Nothing for files that start a program.
    /// </summary>
    private static IEnumerable<string> NamesToBeFound(SourceFile file)
    {
        if (file.Stem == "Program" || HasOnlyAttributesOrIsLoadedByTheCompiler(file))
        {
            return [];
        }

        var types = file.TopLevelTypes.ToList();
        var members = types.OfType<ClassDeclarationSyntax>()
            .Where(type => type.Modifiers.Any(SyntaxKind.StaticKeyword))
            .SelectMany(type => type.Members.OfType<MethodDeclarationSyntax>())
            .Where(method => !method.Modifiers.Any(SyntaxKind.PrivateKeyword))
            .Select(method => method.Identifier.ValueText);
        return types.Select(SourceFile.NameOf).Concat(members);
    }

    private static bool HasOnlyAttributesOrIsLoadedByTheCompiler(SourceFile file) =>
        !file.TopLevelTypes.Any() ||
        file.Unit.Members.OfType<BaseNamespaceDeclarationSyntax>()
            .Any(space => SourceFile.IsForTheCompiler(space.Name.ToString())) ||
        file.TopLevelTypes.SelectMany(type => type.AttributeLists).SelectMany(list => list.Attributes)
            .Any(attribute => attribute.Name.ToString() is "Generator");
}

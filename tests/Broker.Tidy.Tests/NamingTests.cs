using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Broker.Tidy.Tests;

public sealed class NamingTests
{
    private static readonly string[] ForbiddenSuffixes =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Misc"];

    private static readonly string[] ForbiddenFolders =
        ["Common", "Utils", "Util", "Helpers", "Core", "Misc", "Shared"];

    [Fact]
    public void Types_are_named_by_what_they_are() => Report.None(
        from file in Repository.Sources
        from type in file.Unit.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        let name = type.Identifier.ValueText
        where name == "Broker" || ForbiddenSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal))
        select $"{file.At(type)} {name}",
        "no Manager, Helper, Util or Common, and no type called Broker");

    [Fact]
    public void Folders_are_named_by_their_noun() => Report.None(
        from file in Repository.Sources
        from part in file.Folder.Split('/')
        where ForbiddenFolders.Contains(part) ||
            ForbiddenFolders.Any(name => part.EndsWith("." + name, StringComparison.Ordinal))
        select file.Path,
        "no folder or project called Common, Utils, Helpers, Core or Shared");

    [Fact]
    public void A_file_has_one_public_type_and_its_name() => Report.None(
        from file in Repository.Sources.Where(file => file.IsInSource)
        let types = file.TopLevelTypes.Where(type => type.Modifiers.Any(SyntaxKind.PublicKeyword)).ToList()
        where types.Count > 1 || (types.Count == 1 && SourceFile.NameOf(types[0]) != file.Stem)
        select $"{file.Path}: {string.Join(", ", types.Select(SourceFile.NameOf))}",
        "one public type per file, and the file is named after it");

    [Fact]
    public void A_file_is_named_after_one_of_its_types() => Report.None(
        from file in Repository.Sources
        let types = file.TopLevelTypes.Select(SourceFile.NameOf).ToList()
        where types.Count > 0 && !types.Contains(file.Stem)
        select $"{file.Path}: {string.Join(", ", types)}",
        "a file is named after its type");

    [Fact]
    public void Classes_are_sealed_unless_something_derives_from_them()
    {
        var bases = Repository.Sources
            .SelectMany(file => file.Unit.DescendantNodes().OfType<BaseTypeSyntax>())
            .SelectMany(type => type.DescendantTokens())
            .Where(token => token.IsKind(SyntaxKind.IdentifierToken))
            .Select(token => token.ValueText)
            .ToHashSet(StringComparer.Ordinal);

        // BenchmarkDotNet derives from the classes that it measures.
        Report.None(
            from file in Repository.Sources.Where(file => file.Project != "Broker.Benchmarks")
            from type in file.Unit.DescendantNodes().OfType<TypeDeclarationSyntax>()
            where type.IsKind(SyntaxKind.ClassDeclaration) || type.IsKind(SyntaxKind.RecordDeclaration)
            where !type.Modifiers.Any(IsSealedStaticAbstractOrPartial) && !bases.Contains(type.Identifier.ValueText)
            select $"{file.At(type)} {type.Identifier.ValueText}",
            "classes are sealed unless a subclass exists");
    }

    private static bool IsSealedStaticAbstractOrPartial(SyntaxToken modifier) =>
        modifier.Kind() is SyntaxKind.SealedKeyword or SyntaxKind.StaticKeyword or SyntaxKind.AbstractKeyword
            or SyntaxKind.PartialKeyword;
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Broker.Tidy.Tests;

/// <summary>A parsed C# file of the tree.</summary>
internal sealed class SourceFile
{
    private static readonly char[] ApiKeyCharacters = [.. "0123456789_"];

    private static readonly CSharpParseOptions Options =
        CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview);

    private readonly Lazy<IReadOnlySet<string>> _identifiers;

    private SourceFile(string path, string text)
    {
        Path = path;
        Lines = text.TrimEnd('\n').Split('\n');
        Tree = CSharpSyntaxTree.ParseText(text, Options, path);
        Unit = Tree.GetCompilationUnitRoot();
        _identifiers = new Lazy<IReadOnlySet<string>>(() => Unit.DescendantTokens()
            .Where(token => token.IsKind(SyntaxKind.IdentifierToken))
            .Select(token => token.ValueText)
            .ToHashSet(StringComparer.Ordinal));
    }

    public string Path { get; }

    public string[] Lines { get; }

    public SyntaxTree Tree { get; }

    public CompilationUnitSyntax Unit { get; }

    public bool IsInSource => Path.StartsWith("src/", StringComparison.Ordinal);

    public string Folder => Path[..Path.LastIndexOf('/')];

    public string Project => Path.Split('/')[1];

    /// <summary>The file's name without extension, suffix or type parameters: Foo.Bar.cs gives Foo.</summary>
    /// <remarks>
    /// A handler's file begins with the key of its API, which no type's name can: 03_Foo.cs gives Foo too.
    /// </remarks>
    public string Stem => System.IO.Path.GetFileName(Path).Split('.', '{')[0].TrimStart(ApiKeyCharacters);

    /// <summary>Every identifier that the file contains, its own declarations included.</summary>
    public IReadOnlySet<string> Identifiers => _identifiers.Value;

    public IEnumerable<MemberDeclarationSyntax> TopLevelTypes =>
        Unit.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    /// <summary>Types that the compiler looks for by name, where a target framework lacks them.</summary>
    public static bool IsForTheCompiler(string nameSpace) => nameSpace == "System.Runtime.CompilerServices";

    public static SourceFile Load(string path) => new(path, Repository.Read(path));

    public static string NameOf(MemberDeclarationSyntax type) => type switch
    {
        BaseTypeDeclarationSyntax declared => declared.Identifier.ValueText,
        DelegateDeclarationSyntax declared => declared.Identifier.ValueText,
        _ => "",
    };

    public string At(SyntaxNode node) => $"{Path}:{LineOf(node)}";

    public int LineOf(SyntaxNode node) => Tree.GetLineSpan(node.Span).StartLinePosition.Line + 1;

    public int LineCountOf(SyntaxNode node)
    {
        FileLinePositionSpan span = Tree.GetLineSpan(node.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}

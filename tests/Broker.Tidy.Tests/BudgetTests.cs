using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Broker.Tidy.Tests;

/// <summary>The budgets of the house rules. What exceeds one on purpose is listed in BudgetExceptions.</summary>
public sealed class BudgetTests
{
    private const int FileLines = 400;
    private const int FunctionLines = 60;
    private const int LineColumns = 120;
    private const int ConstructorParameters = 8;
    private const int FolderFiles = 25;

    [Fact]
    public void Files_stay_under_their_lines() => Check(
        "file",
        from file in Repository.Sources
        where file.Lines.Length > FileLines
        select (file.Path, $"{file.Lines.Length} lines, the budget is {FileLines}"));

    [Fact]
    public void Functions_stay_under_their_lines() => Check(
        "function",
        from file in Repository.Sources
        from function in file.Unit.DescendantNodes()
        where function is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax
        let lines = file.LineCountOf(function)
        where lines >= FunctionLines
        select ($"{file.Path}#{NameOf(function)}", $"{lines} lines, the budget is under {FunctionLines}"));

    [Fact]
    public void Lines_stay_within_their_columns() => Check(
        "line",
        from file in Repository.Sources
        from at in Enumerable.Range(0, file.Lines.Length)
        where file.Lines[at].Length > LineColumns
        group at + 1 by file.Path into lines
        select (lines.Key, $"over {LineColumns} columns in line {string.Join(", ", lines)}"));

    [Fact]
    public void Constructors_take_few_parameters() => Check(
        "constructor",
        from file in Repository.Sources
        from node in file.Unit.DescendantNodes()
        let parameters = ParametersOf(node)
        where parameters?.Parameters.Count >= ConstructorParameters
        select ($"{file.Path}#{NameOf(node)}", $"{parameters!.Parameters.Count} parameters"));

    [Fact]
    public void Folders_hold_few_files() => Check(
        "folder",
        from file in Repository.Sources
        group file by file.Folder into folder
        where folder.Count() >= FolderFiles
        select (folder.Key, $"{folder.Count()} files, the budget is under {FolderFiles}"));

    private static void Check(string rule, IEnumerable<(string Place, string What)> breaches) =>
        Report.None(BudgetExceptions.Apply(rule, breaches), $"budget of a {rule}");

    private static ParameterListSyntax? ParametersOf(SyntaxNode node) => node switch
    {
        ConstructorDeclarationSyntax constructor => constructor.ParameterList,
        ClassDeclarationSyntax type => type.ParameterList,
        StructDeclarationSyntax type => type.ParameterList,
        // A positional record's parameters are its fields, not what it needs to work.
        _ => null,
    };

    private static string NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.ValueText,
        LocalFunctionStatementSyntax function => function.Identifier.ValueText,
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        _ => node.Kind().ToString(),
    };
}

using Xunit;

namespace Broker.Tidy.Tests;

public sealed class MirrorTests
{
    [Fact]
    public void A_test_stands_where_its_subject_stands()
    {
        var subjects = Repository.Sources.Where(file => file.IsInSource)
            .ToLookup(file => (file.Project, file.Stem), file => file.Folder["src/".Length..]);

        // A folder that src does not have groups tests by something else, such as the sections of a paper.
        var rooms = Repository.Sources.Where(file => file.IsInSource)
            .Select(file => file.Folder["src/".Length..])
            .Concat(Repository.Projects.Where(project => project.IsInSource).Select(project => project.Name))
            .ToHashSet();

        Report.None(
            from file in Repository.Sources.Where(file => !file.IsInSource)
            where file.Stem.EndsWith("Tests", StringComparison.Ordinal)
            where file.Project.EndsWith(".Tests", StringComparison.Ordinal)
            let room = file.Project[..^".Tests".Length]
            let folders = subjects[(room, file.Stem[..^"Tests".Length])].ToList()
            let stands = room + file.Folder[("tests/" + file.Project).Length..]
            where folders.Count > 0 && !folders.Contains(stands) && rooms.Contains(stands)
            select $"{file.Path}: its subject is in src/{folders[0]}",
            "tests mirror the folders of src");
    }

    [Fact]
    public void Namespaces_follow_folders() => Report.None(
        from file in Repository.Sources
        from name in file.Unit.Members.OfType<Microsoft.CodeAnalysis.CSharp.Syntax.BaseNamespaceDeclarationSyntax>()
        let parts = file.Folder.Split('/')
        let expected = string.Join('.', parts.Skip(1))
        let found = name.Name.ToString()
        where found != expected && found != parts[1] && !SourceFile.IsForTheCompiler(found)
        select $"{file.Path}: {name.Name} instead of {expected}",
        "a namespace is the project's, or the project's and the folder's");
}

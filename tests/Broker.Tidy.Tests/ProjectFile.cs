using System.Xml.Linq;

namespace Broker.Tidy.Tests;

/// <summary>What a csproj refers to.</summary>
internal sealed record ProjectFile(
    string Name, string Path, IReadOnlyList<string> Projects, IReadOnlyList<PackageUse> Packages)
{
    public bool IsInSource => Path.StartsWith("src/", StringComparison.Ordinal);

    public static ProjectFile Load(string path)
    {
        XDocument xml = XDocument.Parse(Repository.Read(path));
        return new ProjectFile(
            System.IO.Path.GetFileNameWithoutExtension(path),
            path,
            [.. xml.Descendants("ProjectReference").Select(NameOf).Order(StringComparer.Ordinal)],
            [.. xml.Descendants("PackageReference").Select(PackageUse.Read)]);
    }

    private static string NameOf(XElement reference)
    {
        string include = reference.Attribute("Include")!.Value.Replace('\\', '/');
        string name = System.IO.Path.GetFileNameWithoutExtension(include);
        return reference.Attribute("OutputItemType")?.Value == "Analyzer" ? name + " (analyzer)" : name;
    }
}

namespace Broker.Tidy.Tests;

/// <summary>The working tree that is checked: its root, its projects and its C# files, read once.</summary>
internal static class Repository
{
    private static readonly Lazy<IReadOnlyList<ProjectFile>> LoadedProjects = new(LoadProjects);
    private static readonly Lazy<IReadOnlyList<SourceFile>> LoadedSources = new(LoadSources);

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<ProjectFile> Projects => LoadedProjects.Value;

    public static IReadOnlyList<SourceFile> Sources => LoadedSources.Value;

    /// <summary>Files below a folder, as paths from the root, without what builds leave behind.</summary>
    public static IEnumerable<string> FilesBelow(string folder, string pattern)
    {
        string start = Path.Combine(Root, folder);
        if (!Directory.Exists(start))
        {
            return [];
        }

        return Directory.EnumerateFiles(start, pattern, SearchOption.AllDirectories)
            .Select(Relative)
            .Where(path => !IsBuiltOrFetched(path))
            .Order(StringComparer.Ordinal);
    }

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static bool IsBuiltOrFetched(string path) =>
        path.Split('/').Any(part => part is "bin" or "obj" or "node_modules" or "TestResults" or ".build");

    private static IReadOnlyList<ProjectFile> LoadProjects() =>
        [.. FilesBelow("src", "*.csproj").Concat(FilesBelow("tests", "*.csproj")).Select(ProjectFile.Load)];

    private static IReadOnlyList<SourceFile> LoadSources() =>
        [.. FilesBelow("src", "*.cs").Concat(FilesBelow("tests", "*.cs")).AsParallel().AsOrdered()
            .Select(SourceFile.Load)];

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Broker.sln")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no Broker.sln above {AppContext.BaseDirectory}");
    }
}

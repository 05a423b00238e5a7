namespace Broker.Server.Tests.Configuration;

/// <summary>Finds files of the repository from where the tests run.</summary>
internal static class RepositoryFiles
{
    public static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root(), .. path]));

    private static string Root()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Broker.sln")))
            directory = directory.Parent;

        return directory?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}

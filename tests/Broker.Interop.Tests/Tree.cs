namespace Broker.Interop.Tests;

/// <summary>Where the tests find the executable and the scripts of the stock clients.</summary>
internal static class Tree
{
    public static string Root { get; } = FindRoot();

    public static string Executable { get; } = Path.Combine(
        Root, "src", "Broker.Cli", "bin", Configuration(), "net10.0", "broker");

    public static string Suite { get; } = Path.Combine(Root, "tests", "Broker.Interop.Tests");

    public static string Scripts { get; } = Path.Combine(Root, "scripts");

    // The tests stand in tests/X/bin/CONFIGURATION/net10.0, and the executable was built beside them.
    private static string Configuration() =>
        new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Parent!.Name;

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

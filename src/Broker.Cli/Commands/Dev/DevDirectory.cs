namespace Broker.Cli.Commands.Dev;

/// <summary>Where the cluster's data lies: a given directory, or one of its own that goes with it.</summary>
internal sealed class DevDirectory : IDisposable
{
    private readonly bool _temporary;

    private DevDirectory(string path, bool temporary)
    {
        Path = path;
        _temporary = temporary;
    }

    public string Path { get; }

    public static DevDirectory Open(DirectoryInfo? given)
    {
        if (given is null)
            return new DevDirectory(Directory.CreateTempSubdirectory("broker-dev-").FullName, temporary: true);
        given.Create();
        return new DevDirectory(given.FullName, temporary: false);
    }

    public void Dispose()
    {
        if (_temporary)
            Directory.Delete(Path, recursive: true);
    }
}

namespace Broker.Interop.Tests.Cluster;

/// <summary>
/// A file system of its own in memory for one broker's data directory. It is mounted in the process's own namespaces,
/// which needs no root, and is gone with the process, whatever ends that.
/// </summary>
internal static class SmallDisk
{
    /// <summary>What to start instead of the broker's executable.</summary>
    public static string Wrap(string data, int mebibytes)
    {
        string script = $"{data}.sh";
        File.WriteAllText(script, $"""
            #!/bin/sh
            mkdir -p '{data}'
            exec unshare --mount --map-root-user sh -c \
              'mount -t tmpfs -o size={mebibytes}m small "{data}" && exec "{Tree.Executable}" "$@"' sh "$@"
            """);
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("brokers are tested on Linux");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return script;
    }

    /// <summary>Takes every block that is left.</summary>
    public static void Fill(BrokerProcess broker, string data)
    {
        using var ballast = new FileStream(Ballast(broker, data), FileMode.Create, FileAccess.Write, FileShare.None, 0);
        byte[] bytes = new byte[1 << 20];
        for (int piece = bytes.Length; piece >= 4096;)
        {
            try
            {
                ballast.Write(bytes, 0, piece);
            }
            catch (IOException)
            {
                piece /= 16;
            }
        }
    }

    public static void Empty(BrokerProcess broker, string data) => File.Delete(Ballast(broker, data));

    private static string Ballast(BrokerProcess broker, string data) =>
        $"/proc/{broker.ProcessId}/root{data}/ballast";
}

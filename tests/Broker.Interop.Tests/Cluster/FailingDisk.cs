using Broker.Interop.Tests.Clients;

namespace Broker.Interop.Tests.Cluster;

/// <summary>
/// A file system of its own in an image for one broker's data directory, which turns read-only as one does that has
/// met an error, with files open for writing. It is mounted in the process's own mount namespace, so that it is gone
/// with the process, whatever ends that, and there again, and writable, with the next one. Needs root.
/// </summary>
internal static class FailingDisk
{
    public static async Task MakeAsync(string data, int mebibytes)
    {
        string image = Image(data);
        await using (FileStream file = File.Create(image))
            file.SetLength((long)mebibytes << 20);
        await ChildProcess.RunAsync("mkfs.ext4", ["-q", "-F", image]);
        string script = ExecutableFor(data);

        // The namespace of a process that was killed ends a moment after it, and has the image until then.
        await File.WriteAllTextAsync(script, $"""
            #!/bin/sh
            mkdir -p '{data}'
            while losetup --associated '{image}' | grep -q .; do sleep 0.05; done
            exec unshare --mount sh -c \
              'mount -o loop,errors=remount-ro "{image}" "{data}" && exec "{Tree.Executable}" "$@"' sh "$@"
            """);
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("brokers are tested on Linux");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>What to start instead of the broker's executable: it sees the disk, and nobody else does.</summary>
    public static string ExecutableFor(string data) => $"{data}.sh";

    /// <summary>From now on nothing can be written there, nor flushed.</summary>
    public static async Task TurnReadOnlyAsync(string data)
    {
        string device = (await ChildProcess.RunAsync(
            "losetup", ["--associated", Image(data), "--noheadings", "--output", "NAME"])).Trim();
        await File.WriteAllTextAsync($"/sys/fs/ext4/{Path.GetFileName(device)}/trigger_fs_error", "1");
    }

    private static string Image(string data) => $"{data}.img";
}

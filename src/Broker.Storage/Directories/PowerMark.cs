using System.Globalization;
using System.Text;
using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// Whether what earlier processes wrote into a data directory and did not flush is still there: it is while the same
/// kernel runs, or if the last process stopped in order, and no flush failed. Else relaxed groups may lack the end of
/// their logs, which is put down in the vote journal, durably, before the mark is set anew. A mark that is missing or
/// unreadable stands for a loss. One thread at a time, but for <see cref="Suspect"/>.
/// </summary>
/// <remarks>
/// ROOT/power: format, state, boot id, checksum, in one line of a fixed length, so that it can be written over on a
/// full disk. A torn line is unreadable, and so stands for a loss.
/// </remarks>
public sealed class PowerMark
{
    private const int Length = 128;
    private const string Running = "running";
    private const string Stopped = "stopped";
    private const string Suspected = "suspected";

    private readonly IFileSystem _files;
    private readonly string _path;
    private readonly string _boot;

    private PowerMark(IFileSystem files, string root, string boot)
    {
        _files = files;
        _path = Path.Combine(root, "power");
        _boot = boot;
    }

    /// <summary>Nothing that was written before is missing.</summary>
    public bool IsKept { get; private set; }

    /// <summary>A process begins to write. Durable on return, as is what the journal was told.</summary>
    /// <param name="boot">Names the run of the kernel; empty if that is not known: no two runs are one then.</param>
    public static PowerMark Begin(IFileSystem files, string root, string boot, VoteJournal journal)
    {
        var mark = new PowerMark(files, root, boot);
        string found = mark.Read();
        mark.IsKept = found == Stopped || (found == Running + mark._boot && mark._boot.Length > 0);
        if (!mark.IsKept)
        {
            journal.RecordPowerLoss();
            journal.Flush();
        }

        try
        {
            // Anew even if it reads so already: what stands in the page cache need not have reached the disk.
            mark.Write(Running, mark._boot);
        }
        catch (StorageFullException) when (found.Length == 0)
        {
            // Without a mark the next start takes all for lost, which is safe.
        }

        return mark;
    }

    /// <summary>All is flushed, and nothing more will be written.</summary>
    public void Stop()
    {
        try
        {
            Write(Stopped, "");
        }
        catch (StorageFullException)
        {
            // There never was room for it: the next start takes all for lost, which is safe.
        }
    }

    /// <summary>
    /// Any thread. A flush failed: what the page cache shows from now on need not be what was written. Left in the page
    /// cache, like all that it speaks of; the disk may refuse it as well, and then nothing more can be done.
    /// </summary>
    public void Suspect()
    {
        try
        {
            using IFile file = _files.Open(_path, FileMode.OpenOrCreate);
            file.Write(Encode(Suspected, ""), 0);
        }
        catch (StorageException)
        {
            // See above.
        }
    }

    private string Read()
    {
        if (!_files.FileExists(_path))
            return "";

        using IFile file = _files.Open(_path, FileMode.Open);
        byte[] bytes = new byte[Length];
        string[] parts = Encoding.ASCII.GetString(bytes, 0, file.Read(bytes, 0)).TrimEnd().Split(' ');
        return parts.Length == 4 && Encode(parts[1], parts[2]).AsSpan().SequenceEqual(bytes) ? parts[1] + parts[2] : "";
    }

    private void Write(string state, string boot)
    {
        using (IFile file = _files.Open(_path, FileMode.OpenOrCreate))
        {
            file.Write(Encode(state, boot), 0);
            file.FlushWithMetadata();
        }

        _files.FlushDirectory(Path.GetDirectoryName(_path)!);
    }

    private static byte[] Encode(string state, string boot)
    {
        string values = $"1 {state} {boot}";
        string sum = Crc32C.Compute(Encoding.ASCII.GetBytes(values)).ToString("x8", CultureInfo.InvariantCulture);
        return Encoding.ASCII.GetBytes($"{values} {sum}".PadRight(Length - 1) + "\n");
    }
}

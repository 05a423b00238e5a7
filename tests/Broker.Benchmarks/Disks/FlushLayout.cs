using System.Diagnostics;
using System.Globalization;
using Broker.Storage;

namespace Broker.Benchmarks.Disks;

/// <summary>
/// What a round of "write to N partitions, make it durable" costs, by layout: the figures behind
/// docs/decisions/0002. Every round appends to growing files; page cache is dropped 8 MiB behind the flushed position.
/// </summary>
internal static class FlushLayout
{
    private const long DropBehind = 8 << 20;
    private const long CopyEvery = 64 << 20;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(1.2);

    public static int Run(string[] args)
    {
        string root = args.Length > 0 ? args[0] : Path.GetTempPath();
        Console.WriteLine(
            "| dirty partitions | bytes each | layout | ms per round | MB/s accepted | written per byte |");
        Console.WriteLine("|---:|---:|---|---:|---:|---:|");
        foreach (int size in (int[])[4 << 10, 64 << 10, 1 << 20])
        {
            foreach (int partitions in (int[])[1, 12, 24, 48, 100, 1000])
            {
                if ((long)size * partitions > 128 << 20)
                    continue;
                foreach (Layout layout in Enum.GetValues<Layout>())
                    Measure(root, partitions, size, layout);
            }
        }

        return 0;
    }

    private static void Measure(string root, int partitions, int size, Layout layout)
    {
        string directory = Path.Combine(root, $"flush-layout-{Environment.ProcessId}");
        Directory.CreateDirectory(directory);
        using var files = new PosixFileSystem();
        using var round = new FlushRound(files, directory, partitions, size);
        try
        {
            round.Run(layout);
            round.Run(layout);
            files.FlushFileSystem(directory);
            long writtenBefore = BytesWritten();
            long started = Stopwatch.GetTimestamp();
            int rounds = 0;
            while (rounds < 3 || Stopwatch.GetElapsedTime(started) < Length)
            {
                round.Run(layout);
                rounds++;
            }

            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            files.FlushFileSystem(directory);
            double accepted = (double)rounds * partitions * size;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {partitions} | {size >> 10} KiB | {layout} | {seconds * 1000 / rounds:F2} | " +
                $"{accepted / seconds / 1e6:F0} | {(BytesWritten() - writtenBefore) / accepted:F2} |"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static long BytesWritten()
    {
        string line = File.ReadLines("/proc/self/io").First(
            line => line.StartsWith("write_bytes", StringComparison.Ordinal));
        return long.Parse(line.AsSpan("write_bytes: ".Length), CultureInfo.InvariantCulture);
    }

    internal enum Layout
    {
        OneByOne,
        SideBySide,
        Syncfs,
        JournalOnly,
        JournalThenCopy,
    }

    private sealed class FlushRound : IDisposable
    {
        private readonly PosixFileSystem _files;
        private readonly string _directory;
        private readonly List<IFile> _partitions = [];
        private readonly IFile _journal;
        private readonly ReadOnlyMemory<byte>[] _pieces;
        private readonly byte[] _bytes;
        private long _position;
        private long _journalPosition;
        private long _copied;

        public FlushRound(PosixFileSystem files, string directory, int partitions, int size)
        {
            _files = files;
            _directory = directory;
            for (int i = 0; i < partitions; i++)
                _partitions.Add(files.Open(Path.Combine(directory, $"{i}"), FileMode.CreateNew));
            _journal = files.Open(Path.Combine(directory, "journal"), FileMode.CreateNew);
            _bytes = new byte[size];
            new Random(1).NextBytes(_bytes);
            _pieces = [.. Enumerable.Repeat<ReadOnlyMemory<byte>>(_bytes, partitions)];
        }

        public void Run(Layout layout)
        {
            if (layout is Layout.JournalOnly or Layout.JournalThenCopy)
            {
                _journal.Write(_pieces, _journalPosition);
                _journal.Flush();
                _journal.DropCacheBehind(0, _journalPosition - DropBehind);
                _journalPosition += _bytes.Length * _pieces.Length;
            }

            if (layout is Layout.JournalOnly)
                return;
            foreach (IFile file in _partitions)
                file.Write(_bytes, _position);
            Flush(layout);
            foreach (IFile file in _partitions)
                file.DropCacheBehind(_position - (2 * DropBehind), _position - DropBehind);
            _position += _bytes.Length;
        }

        private void Flush(Layout layout)
        {
            switch (layout)
            {
                case Layout.OneByOne:
                    foreach (IFile file in _partitions)
                        file.Flush();
                    break;
                case Layout.SideBySide:
                    _files.FlushFiles(_partitions);
                    break;
                case Layout.Syncfs:
                    _files.FlushFileSystem(_directory);
                    break;
                case Layout.JournalThenCopy when _journalPosition - _copied > CopyEvery:
                    _files.FlushFileSystem(_directory);
                    _copied = _journalPosition;
                    break;
            }
        }

        public void Dispose()
        {
            _partitions.ForEach(file => file.Dispose());
            _journal.Dispose();
        }
    }
}

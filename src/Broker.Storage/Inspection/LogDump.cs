namespace Broker.Storage.Inspection;

/// <summary>Lists the entries of replicas offline. Changes nothing.</summary>
public static class LogDump
{
    /// <summary>
    /// The entries of all replicas under a path (a broker's data directory, a topic's or a partition's in it), each
    /// replica's one after another, and what is wrong with each replica behind them.
    /// </summary>
    public static IEnumerable<(string Partition, DumpedEntry? Entry, LogProblem? Problem)> Read(
        IFileSystem files, string path)
    {
        foreach (ReplicaDirectory replica in ReplicaDirectory.Find(files, path))
        {
            using var walk = new LogWalk(files, replica);
            while (walk.TryStep())
                yield return (replica.Partition, Show(walk), null);
            foreach (LogProblem problem in walk.Problems)
                yield return (replica.Partition, null, problem);
        }
    }

    private static DumpedEntry Show(LogWalk walk) => new()
    {
        Index = walk.Entry.Index.Value,
        Term = walk.Entry.Term.Value,
        Kind = walk.Entry.Kind.ToString(),
        Offset = walk.Entry.Offset.Value,
        Span = walk.Entry.OffsetSpan,
        MaxTimestamp = walk.Entry.MaxTimestamp,
        Bytes = walk.Entry.Length,
        WriterFlushed = walk.Entry.Mark.Flushed.Value,
        File = walk.File,
        Position = walk.Position,
    };
}

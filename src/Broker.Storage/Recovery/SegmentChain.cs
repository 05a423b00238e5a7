using Broker.Model;

namespace Broker.Storage;

/// <summary>Reads the headers of a log's segments and finds the ones that hang together.</summary>
internal sealed class SegmentChain(
    LogResources resources, string directory, PartitionId group, Incarnation incarnation)
{
    /// <summary>
    /// The segments from the log's beginning on that follow on each other. What a later header says of a segment is put
    /// into it; the last one's end is unknown yet.
    /// </summary>
    /// <param name="logStart">What lies below need not be there.</param>
    /// <param name="broken">Why the chain ends before the last file, if it does: something durable is lost.</param>
    /// <param name="beyond">The names of the files that are not part of the chain.</param>
    public List<Segment> Read(LogIndex logStart, out string? broken, out IReadOnlyList<string> beyond)
    {
        List<Link> links = [];
        foreach (string name in resources.FileSystem.ListFiles(directory))
        {
            if (Segment.TryParseName(name, out LogIndex firstIndex))
                links.Add(ReadLink(name, firstIndex));
        }

        int start = 0;
        for (int i = 1; i < links.Count; i++)
        {
            // Deleted from the front, but the deletion of these did not become durable in that order.
            if (Gap(links[i - 1], links[i]) is not null && links[i].Header is not null && links[i].First <= logStart)
                start = i;
        }

        List<Segment> chain = [];
        int at = start;
        broken = null;
        while (at < links.Count && broken is null)
        {
            Link link = links[at];
            if (link.Header is null)
            {
                // A last file without a header was just being begun, unless marks say that it held something.
                broken = at < links.Count - 1 ? link.Problem : null;
                break;
            }

            var segment = new Segment(directory, link.Header);
            chain.Add(segment);
            at++;
            if (at < links.Count && links[at].Header is { } next)
            {
                broken = Gap(link, links[at]);
                if (broken is null)
                    Close(segment, next);
            }
        }

        beyond = [.. links.Where((_, i) => i < start || i >= at).Select(link => link.Name)];
        return chain;
    }

    private Link ReadLink(string name, LogIndex firstIndex)
    {
        string path = Path.Combine(directory, name);
        try
        {
            using FileLease lease = resources.OpenFiles.Lease(path);
            SegmentHeader? header = SegmentHeader.Read(lease.File, out string problem);
            if (header is not null && header.FirstIndex != firstIndex)
                problem = $"{name} begins with entry {header.FirstIndex}";
            else if (header is not null && header.Group != group)
                problem = $"{name} belongs to the partition {header.Group}";
            else if (header is not null && !IsOurs(header.Incarnation))
                problem = $"{name} belongs to the data directory's incarnation {header.Incarnation}, not {incarnation}";
            return new Link(
                name, firstIndex, problem.Length == 0 ? header : null, $"{name}: {problem}", lease.File.Length);
        }
        catch (StorageException error) when (error.InnerException is not null)
        {
            return new Link(name, firstIndex, null, error.Message, 0);
        }
    }

    private bool IsOurs(Incarnation writer) => writer == incarnation || resources.Former.Contains(writer);

    private static string? Gap(in Link before, in Link link)
    {
        if (before.Header is null)
            return before.Problem;
        if (link.Header is null)
            return link.Problem;
        if (link.Header.PreviousFirstIndex != before.First)
            return $"the segment that begins with entry {link.Header.PreviousFirstIndex} is missing before {link.Name}";
        return before.Length < link.Header.PreviousLength
            ? $"{before.Name} has {before.Length} bytes of {link.Header.PreviousLength}"
            : null;
    }

    private static void Close(Segment segment, SegmentHeader next) => segment.MoveEndTo(new IndexRecord(
        next.FirstIndex, next.FirstOffset, next.PreviousTerm, next.PreviousLength, next.PreviousMaxTimestamp,
        LogIndex.Zero));

    private readonly record struct Link(
        string Name, LogIndex First, SegmentHeader? Header, string Problem, long Length);
}

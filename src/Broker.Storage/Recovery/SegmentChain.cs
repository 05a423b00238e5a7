using Broker.Model;

namespace Broker.Storage;

/// <summary>Reads the headers of a log's segments and finds the ones that hang together.</summary>
internal sealed class SegmentChain(
    LogResources resources, string directory, PartitionId group, Incarnation incarnation)
{
    /// <summary>
    /// The names of files that the last reading passed over, because a cleaned one stands for them: they can go.
    /// </summary>
    public IReadOnlyList<string> Superseded { get; private set; } = [];

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
            if (Segment.TryParseName(name, out LogIndex firstIndex, out int generation))
                links.Add(ReadLink(name, firstIndex, generation));
        }

        HashSet<string> superseded = SupersededSegments.Among([.. links.Select(link => (link.Name, link.Header))]);
        Superseded = [.. superseded.Order(StringComparer.Ordinal)];
        links.RemoveAll(link => superseded.Contains(link.Name));
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

    private Link ReadLink(string name, LogIndex firstIndex, int generation)
    {
        string path = Path.Combine(directory, name);
        try
        {
            using FileLease lease = resources.OpenFiles.Lease(path);
            SegmentHeader? header = SegmentHeader.Read(lease.File, out string problem);
            if (header is not null && header.FirstIndex != firstIndex)
                problem = $"{name} begins with entry {header.FirstIndex}";
            else if (header is not null && header.Generation != generation)
                problem = $"{name} was cleaned {header.Generation} times by its header";
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
        if (before.Header.Cleaned is { } cleaned)
            return GapBehind(before, cleaned, link);
        if (link.Header.PreviousFirstIndex != before.First)
            return $"the segment that begins with entry {link.Header.PreviousFirstIndex} is missing before {link.Name}";
        return before.Length < link.Header.PreviousLength
            ? $"{before.Name} has {before.Length} bytes of {link.Header.PreviousLength}"
            : null;
    }

    // The one that follows was begun behind a source of the cleaned one, and speaks of that.
    private static string? GapBehind(in Link before, CleanedRange cleaned, in Link link)
    {
        if (link.First != cleaned.LastIndex + 1 || link.Header!.FirstOffset != cleaned.NextOffset
            || link.Header.PreviousFirstIndex < before.First)
        {
            return $"{before.Name} ends with entry {cleaned.LastIndex}, and {link.Name} follows";
        }

        return before.Length < cleaned.Length ? $"{before.Name} has {before.Length} bytes of {cleaned.Length}" : null;
    }

    private static void Close(Segment segment, SegmentHeader next) => segment.MoveEndTo(
        segment.Header.Cleaned is { } cleaned
            ? new IndexRecord(
                cleaned.LastIndex + 1, cleaned.NextOffset, next.PreviousTerm, cleaned.Length, cleaned.MaxTimestamp,
                LogIndex.Zero)
            : new IndexRecord(
                next.FirstIndex, next.FirstOffset, next.PreviousTerm, next.PreviousLength, next.PreviousMaxTimestamp,
                LogIndex.Zero));

    private readonly record struct Link(
        string Name, LogIndex First, SegmentHeader? Header, string Problem, long Length);
}

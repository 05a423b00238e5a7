using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// Of the files of a log: those that a cleaned one stands for. They are left where the power failed between the rename
/// that made the cleaned one count and their deletion.
/// </summary>
internal static class SupersededSegments
{
    /// <param name="headers">Null: it can't be read, and says nothing of others.</param>
    public static HashSet<string> Among(IReadOnlyList<(string Name, SegmentHeader? Header)> headers)
    {
        HashSet<string> found = new(StringComparer.Ordinal);
        foreach ((string by, SegmentHeader? header) in headers)
        {
            if (header?.Cleaned is not { } cleaned)
                continue;
            foreach ((string name, _) in headers)
            {
                Segment.TryParseName(name, out LogIndex first, out int generation);
                if (name != by && generation < cleaned.Generation
                    && first >= header.FirstIndex && first <= cleaned.LastIndex)
                {
                    found.Add(name);
                }
            }
        }

        return found;
    }
}

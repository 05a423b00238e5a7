namespace Broker.Metadata;

/// <summary>Finds what somebody who mistyped a name most likely meant.</summary>
public static class NearestName
{
    private const int LongestCompared = 128;

    /// <summary>The known name with the fewest single-character edits between; of equals the first.</summary>
    public static string Of(string name, IEnumerable<string> known)
    {
        string compared = name.Length > LongestCompared ? name[..LongestCompared] : name;
        return known.MinBy(candidate => Distance(compared, candidate)) ?? "";
    }

    // Levenshtein's distance, with one row of the table kept.
    private static int Distance(string left, string right)
    {
        int[] row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}

namespace Broker.Server.Configuration;

/// <summary>Finds the name that somebody probably meant.</summary>
internal static class NearestName
{
    /// <summary>The name with the fewest edits from what was found; of equals, the first.</summary>
    public static string Among(IEnumerable<string> names, string found)
    {
        string best = "";
        int fewest = int.MaxValue;
        foreach (string name in names)
        {
            int edits = Edits(name, found);
            if (edits < fewest)
                (best, fewest) = (name, edits);
        }

        return best;
    }

    /// <summary>Levenshtein's distance, one row at a time.</summary>
    private static int Edits(string left, string right)
    {
        int[] row = new int[right.Length + 1];
        for (int j = 0; j <= right.Length; j++)
            row[j] = j;

        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int substituted = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}

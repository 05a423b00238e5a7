namespace Broker.Tidy.Tests;

/// <summary>Where a budget is exceeded on purpose, and why. An entry that is not needed fails.</summary>
internal static class BudgetExceptions
{
    /// <summary>Rule and place (a path, or path#function) → reason.</summary>
    public static IReadOnlyDictionary<(string Rule, string Place), string> All { get; } =
        new Dictionary<(string Rule, string Place), string>
        {
        };

    /// <summary>Drops the breaches that are listed, and reports the listed ones that no longer exist.</summary>
    public static IEnumerable<string> Apply(string rule, IEnumerable<(string Place, string What)> breaches)
    {
        var found = breaches.ToList();
        var listed = All.Keys.Where(key => key.Rule == rule).Select(key => key.Place).ToHashSet();
        var unlisted = found.Where(breach => !listed.Contains(breach.Place))
            .Select(breach => $"{breach.Place}: {breach.What}");
        var stale = listed.Except(found.Select(breach => breach.Place))
            .Select(place => $"{place}: listed as an exception, but keeps the budget");
        return unlisted.Concat(stale);
    }
}

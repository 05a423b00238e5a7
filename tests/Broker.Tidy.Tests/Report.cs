using Xunit;

namespace Broker.Tidy.Tests;

/// <summary>Fails with all breaches of a rule at once, so that one run shows everything there is to mend.</summary>
internal static class Report
{
    public static void None(IEnumerable<string> breaches, string rule)
    {
        string[] found = [.. breaches];
        if (found.Length > 0)
        {
            Assert.Fail($"{rule}:\n  " + string.Join("\n  ", found));
        }
    }
}

using System.Reflection;
using Xunit;

namespace Broker.Mutants;

/// <summary>Which deliberate bug is on: for the whole process, so one at a time.</summary>
public static class Mutant
{
    public static string? Active { get; set; }

    /// <summary>Every mutation that is compiled in, as folder/name.</summary>
    public static IEnumerable<string> All =>
        from attribute in Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
        where attribute.Key == "Mutation"
        select attribute.Value;

    public static bool Is(string mutation) => Active == mutation;

    /// <summary>Turns one on, and whoever looks for what it breaks has to find it.</summary>
    /// <param name="mutation">As folder/name.</param>
    /// <param name="catches">What it broke; null: nothing.</param>
    /// <param name="tried">What was looked at, for who reads that it survives.</param>
    public static void AssertCaught(string mutation, Func<string?> catches, string tried)
    {
        Active = mutation[(mutation.IndexOf('/', StringComparison.Ordinal) + 1)..];
        try
        {
            string? caught = catches();
            Assert.True(caught is not null, $"{mutation} survives {tried}");
            TestContext.Current.SendDiagnosticMessage($"{mutation}: {caught}");
        }
        finally
        {
            Active = null;
        }
    }
}

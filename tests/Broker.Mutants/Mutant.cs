using System.Reflection;

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
}

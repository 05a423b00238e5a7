using Broker.Server.Tests.Groups.Classic;
using Xunit;

namespace Broker.Mutants;

/// <summary>
/// Deliberate bugs of classic groups, each caught by the property that holds them to what their members were told.
/// </summary>
public sealed class GroupMutantTests
{
    private const string Folder = "Groups/";
    private const int Seeds = 300;

    public static TheoryData<string> Mutations =>
        [.. Mutant.All.Where(name => name.StartsWith(Folder, StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_mutation_is_caught(string mutation) =>
        Mutant.AssertCaught(mutation, FirstBrokenSeed, $"{Seeds} seeds");

    private static string? FirstBrokenSeed()
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            try
            {
                new ClassicGroupProperties().Holds_what_it_promises_and_settles_when_all_is_well(seed);
            }
            catch (Exception failure)
            {
                return $"seed {seed}, {failure.Message.Split('\n')[0]}";
            }
        }

        return null;
    }
}

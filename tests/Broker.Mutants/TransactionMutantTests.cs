using Broker.Server.Tests.Groups.State;
using Broker.Server.Tests.Partitions.Transactions;
using Broker.Server.Tests.Transactions.Rules;
using Xunit;

namespace Broker.Mutants;

/// <summary>
/// Deliberate bugs of transactions, each caught by the stories of a partition's gate and readers, or by a property:
/// that of the rules, of the index of aborted transactions, or of pending offsets.
/// </summary>
public sealed class TransactionMutantTests
{
    private const string Folder = "Transactions/";
    private const string Told = "Broker.Server.Tests.Partitions.Transactions";
    private const int Seeds = 100;

    public static TheoryData<string> Mutations =>
        [.. Mutant.All.Where(name => name.StartsWith(Folder, StringComparison.Ordinal))];

    [Fact]
    public void Without_a_mutation_all_is_sound() => Assert.Null(FirstToFail());

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_mutation_is_caught(string mutation) =>
        Mutant.AssertCaught(mutation, FirstToFail, $"all stories and {Seeds} seeds");

    private static string? FirstToFail() => Stories.FirstToFail(Told)
        ?? FirstBrokenSeed(new TransactionRulesProperties().Whoever_was_given_the_id_last_decides_and_nobody_else)
        ?? FirstBrokenSeed(new TransactionIndexProperties().Agrees_with_a_plain_scan_of_the_committed_log)
        ?? FirstBrokenSeed(new PendingOffsetsTests().Agree_with_the_places_of_the_log);

    private static string? FirstBrokenSeed(Action<int> property)
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            try
            {
                property(seed);
            }
            catch (Exception failure)
            {
                return $"{property.Method.Name}, seed {seed}, {failure.Message.Split('\n')[0]}";
            }
        }

        return null;
    }
}

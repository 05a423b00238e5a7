using Broker.Server.Tests.Compaction;
using Xunit;

namespace Broker.Mutants;

/// <summary>Deliberate bugs of compaction, each caught by the model of what it may leave.</summary>
/// <remarks>
/// Not among them, because none of these catches it: a pass that did not end counts as if it had, so that what it would
/// have mapped is never held against older records. It takes a crash between two segments, and another pass later.
/// </remarks>
public sealed class CompactionMutantTests
{
    private const string Folder = "Compaction/";

    private static readonly CompactionModelTests Model = new();

    /// <summary>In the order of what they take.</summary>
    private static readonly (string Name, Action Run)[] Catchers =
    [
        ("marks", Model.Marks_of_deleted_keys_go_after_their_time_and_not_before),
        ("producers", Model.Of_the_last_batch_of_a_producer_the_header_stays_until_it_is_forgotten),
        ("a full table", Model.What_finds_no_room_in_the_table_waits_for_the_passes_that_follow),
        ("random logs", () => RandomLogs(40)),
        ("power failures", () => Model.Nothing_is_lost_wherever_the_power_fails(1)),
        ("power failures", () => Model.Nothing_is_lost_wherever_the_power_fails(2)),
        ("more random logs", () => RandomLogs(400)),
    ];

    public static TheoryData<string> Mutations =>
        [.. Mutant.All.Where(name => name.StartsWith(Folder, StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_mutation_is_caught(string mutation) =>
        Mutant.AssertCaught(mutation, FirstCatch, "the model");

    private static string? FirstCatch()
    {
        foreach ((string name, Action run) in Catchers)
        {
            try
            {
                run();
            }
            catch (Exception failure)
            {
                return $"{name}: {failure.Message.Split('\n')[0]}";
            }
        }

        return null;
    }

    private static void RandomLogs(int count)
    {
        for (int seed = 1; seed <= count; seed++)
        {
            var random = new Random(seed);
            var commands = new (byte, ushort, byte)[100];
            for (int i = 0; i < commands.Length; i++)
                commands[i] = ((byte)random.Next(256), (ushort)random.Next(65536), (byte)random.Next(256));
            Model.What_is_left_is_the_last_of_every_key(commands, seed);
        }
    }
}

using Broker.Raft.Tests.Invariants;

namespace Broker.Raft.Tests.Worlds;

/// <summary>Runs one seed, and says what it broke.</summary>
public static class SeedRun
{
    public static List<Invariant> AllInvariants() =>
    [
        new ElectionSafety(), new LeaderAppendOnly(), new LogMatching(), new LeaderCompleteness(),
        new StateMachineSafety(),
        new CommitNeverGoesBack(), new OnlyOwnTermIsCounted(), new CommittedIsOnAQuorumOfDisks(),
        new DurableBeforeAnswered(), new OneVotePerTerm(), new HardStateNeverGoesBack(), new ReadsAreLinearizable(),
    ];

    /// <summary>Null when all held; else what did not.</summary>
    public static string? Try(int seed, List<string>? trace = null)
    {
        try
        {
            var world = new World(WorldSetup.Draw(seed), AllInvariants(), trace);
            world.Run();
            world.HealAndProgress();
            return null;
        }
        catch (InvariantBrokenException broken)
        {
            return broken.Message;
        }
        catch (Exception broken)
        {
            return broken.ToString();
        }
    }

    /// <summary>The end of a seed's story, for whoever has to find out.</summary>
    public static string Explain(int seed, int lines = 4000)
    {
        List<string> trace = [];
        string? what = Try(seed, trace);
        return $"Seed {seed}: {what}\n{string.Join('\n', trace.TakeLast(lines))}";
    }
}

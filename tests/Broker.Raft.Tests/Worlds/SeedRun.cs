using Broker.Raft.Tests.Invariants;
using Broker.Raft.Tests.Invariants.Members;

namespace Broker.Raft.Tests.Worlds;

/// <summary>Runs one seed, and says what it broke.</summary>
public static class SeedRun
{
    public static List<Invariant> AllInvariants() =>
    [
        new OnlyPowerCutsLose(), new SurvivorsAreKept(),
        new ElectionSafety(), new LeaderAppendOnly(), new LogMatching(), new LeaderCompleteness(),
        new StateMachineSafety(),
        new CommitNeverGoesBack(), new OnlyOwnTermIsCounted(), new CommittedIsOnAQuorumOfDisks(),
        new DurableBeforeAnswered(), new OneVotePerTerm(), new HardStateNeverGoesBack(), new ReadsAreLinearizable(),
        new ConfigurationIsTheLogs(), new ElectedByAMajority(), new OneChangeAtATime(), new OnlyVotersCampaign(),
        new QuorumsAreNeverDisjoint(), new RemovedLeadersStepDown(), new SleepersAreSilent(),
        new SleepersLackNothing(),
    ];

    /// <summary>Null when all held; else what did not.</summary>
    public static string? Try(WorldSetup setup, List<string>? trace = null, Invariant? observer = null)
    {
        try
        {
            var world = new World(setup, observer is null ? AllInvariants() : [.. AllInvariants(), observer], trace);
            world.Run();
            world.HealAndProgress();
            if (setup.Sleeps)
                world.SleepAndWake();
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
    public static string Explain(WorldSetup setup, int lines = 4000)
    {
        List<string> trace = [];
        string? what = Try(setup, trace);
        return $"Seed {setup.Seed}: {what}\n{string.Join('\n', trace.TakeLast(lines))}";
    }
}

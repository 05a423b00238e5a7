using System.Reflection;
using Broker.Raft.Tests.Worlds;
using Xunit;

// One mutation is on at a time, for the whole process. The stories are tests of this assembly too, and run without
// any.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Broker.Mutants;

/// <summary>
/// Every deliberate bug is caught, in so many seeds, or by a test that tells the story. What is not caught is a hole.
/// </summary>
public sealed class RaftMutantTests
{
    private const int Seeds = 1000;

    /// <summary>
    /// Most of them break no promise, only manners: no world can tell, but the thesis's or a lesson's test can.
    /// </summary>
    private static readonly HashSet<string> CaughtByStories =
    [
        "abstainer-counts", "check-quorum-off", "log-compared-by-length", "lower-term-not-answered",
        "no-reject-hint", "pre-vote-raises-term", "readmitted-by-own-idea", "stickiness-off",
        "transfer-not-forced", "window-unbounded",
    ];

    public static TheoryData<string> Mutations =>
        [.. Mutant.All.Where(mutation => mutation.StartsWith("Raft/", StringComparison.Ordinal))
            .Select(mutation => mutation["Raft/".Length..])];

    [Fact]
    public void Without_a_mutation_the_same_worlds_are_sound()
    {
        Mutant.Active = null;
        for (int seed = 1; seed <= 100; seed++)
            Assert.Null(SeedRun.Try(seed));
    }

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_mutation_is_caught(string mutation)
    {
        Mutant.Active = mutation;
        try
        {
            string? caught = CaughtByStories.Contains(mutation) ? FirstFailingStory() : FirstBrokenSeed();
            Assert.True(caught is not null, $"{mutation} survives");
            TestContext.Current.SendDiagnosticMessage($"{mutation}: {caught}");
        }
        finally
        {
            Mutant.Active = null;
        }
    }

    private static string? FirstBrokenSeed()
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            if (SeedRun.Try(seed) is { } what)
                return $"seed {seed}, {what}";
        }

        return null;
    }

    private static string? FirstFailingStory()
    {
        foreach ((MethodInfo story, object?[] arguments) in Stories())
        {
            try
            {
                story.Invoke(Activator.CreateInstance(story.DeclaringType!), arguments);
            }
            catch (TargetInvocationException)
            {
                return $"{story.DeclaringType!.Name}.{story.Name}";
            }
        }

        return null;
    }

    /// <summary>The core's tests that need no runner: facts, and theories with their data in line.</summary>
    private static IEnumerable<(MethodInfo Story, object?[] Arguments)> Stories() =>
        from type in Assembly.GetExecutingAssembly().GetTypes()
        where type.Namespace?.StartsWith("Broker.Raft.Tests", StringComparison.Ordinal) == true
        from method in type.GetMethods()
        where method.GetCustomAttribute<FactAttribute>() is not null
        from arguments in method.GetParameters().Length == 0
            ? [[]]
            : method.GetCustomAttributes<InlineDataAttribute>().Select(data => data.Data)
        select (method, arguments);
}

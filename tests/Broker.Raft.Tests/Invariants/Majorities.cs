using Broker.Model;

namespace Broker.Raft.Tests.Invariants;

/// <summary>
/// The rule of joint consensus (4.3) once more, for the invariants: they don't ask the code under test.
/// </summary>
public static class Majorities
{
    public static bool Agree(Configuration configuration, Func<BrokerId, bool> agrees) =>
        Agree(configuration.Voters, agrees) && (configuration.Outgoing is not { } old || Agree(old, agrees));

    private static bool Agree(VoterSet voters, Func<BrokerId, bool> agrees) =>
        2 * voters.Voters.Count(agrees) > voters.Voters.Length;
}

using Broker.Model;
using Broker.Raft;
using Microsoft.Extensions.Logging;

namespace Broker.Replication;

// A log that begins later than at its first entry, and no checkpoint that says what came of the entries before. The log
// is whole, so the replica votes and acknowledges like any other. But it does not know what the state machine knew, nor
// surely who votes, and so:
//   it writes no checkpoint, which would pass for a whole one
//   it stays back from leading, until nobody has led for so long that there may be nobody else, as where it votes alone
//   it asks whoever leads for the state, puts it beside its log as a checkpoint, and is stopped and started

/// <summary>
/// Legal transitions: lost → known when it leads all the same; for the rest of it, only a start brings the state back.
/// OWNER only.
/// </summary>
internal sealed class LostState(GroupOwner owner, RaftCore core, LeaderlessTime leaderless, ILogger log)
{
    public bool IsLost { get; private set; }

    public void Begin()
    {
        IsLost = true;
        core.StaysBack = !IsAlone;
        log.StateLost(owner.Id, owner.Log.Log.FirstIndex);
    }

    /// <summary>True when somebody leads who can be asked for the state.</summary>
    public bool Tick()
    {
        if (!IsLost)
            return false;

        if (core.Role == RaftRole.Leader)
        {
            IsLost = core.StaysBack = false;
            log.GoesOnWithoutState(owner.Id, owner.Log.Log.FirstIndex);
            return false;
        }

        core.StaysBack = !IsAlone && !leaderless.IsLong;
        return core.Leader != BrokerId.None;
    }

    private bool IsAlone => core.Configuration.AllVoters.Length == 1;
}

using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>
/// How long a group has had no leader that this replica knows of. Once that is long, those that stay back for a better
/// one's sake no longer do: there may be none. OWNER only.
/// </summary>
internal sealed class LeaderlessTime(RaftCore core, int patienceTicks)
{
    private int _ticks;

    public bool IsLong => _ticks > patienceTicks;

    public void Tick() => _ticks = core.Leader == BrokerId.None ? _ticks + 1 : 0;
}

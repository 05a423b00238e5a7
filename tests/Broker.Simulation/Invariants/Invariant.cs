using Broker.Model;
using Broker.Raft;

namespace Broker.Simulation.Invariants;

/// <summary>
/// One promise, checked whenever something happens that could break it. Each override sees the record as it was before
/// what it is told of, but for <see cref="Committed"/>, which is told entry by entry.
/// </summary>
public abstract class Invariant(Findings findings)
{
    public virtual void Started(ReplicaRecord replica)
    {
    }

    public virtual void Appended(ReplicaRecord replica, in EntryRecord entry)
    {
    }

    public virtual void Truncated(ReplicaRecord replica, LogIndex from, Offset nextOffset)
    {
    }

    /// <summary>The replica learns that an entry of its log is committed.</summary>
    public virtual void Committed(ReplicaRecord replica, in EntryRecord entry)
    {
    }

    /// <summary>Said once for all of them, before <see cref="Committed"/>.</summary>
    public virtual void CommitMoved(ReplicaRecord replica, LogIndex commit, Offset highWatermark)
    {
    }

    public virtual void Leads(ReplicaRecord replica, Term term)
    {
    }

    public virtual void LogStartMoved(ReplicaRecord replica, Offset start)
    {
    }

    public virtual void Acknowledged(GroupRecord group, Acknowledgement what)
    {
    }

    /// <summary>A message leaves a broker, in a life of it.</summary>
    public virtual void Sent(GroupRecord group, in RaftMessage message, int life)
    {
    }

    /// <summary>A broker lost its votes: it is another member from now on, and abstains until it is taken in.</summary>
    public virtual void Forgot(BrokerId broker)
    {
    }

    protected void Broken(string what) => findings.Add($"{GetType().Name}: {what}");
}

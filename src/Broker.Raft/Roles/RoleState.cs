using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// What every role answers to. A role's fields live as long as the role; a transition makes a new object.
/// </summary>
internal abstract class RoleState(RaftCore core)
{
    public abstract RaftRole Role { get; }

    public virtual BrokerId KnownLeader => BrokerId.None;

    /// <summary>A leader was heard within the shortest election timeout, or is this node.</summary>
    public virtual bool HearsLeader => false;

    public virtual bool HasOutput => false;

    protected RaftCore Core { get; } = core;

    public abstract void Tick();

    /// <summary>A message of the current term (or a granted pre-vote), but no request for a vote.</summary>
    public abstract LogChange Receive(in RaftMessage message);

    public virtual void Persisted()
    {
    }

    public virtual void HardStatePersisted()
    {
    }

    public virtual void AppendFailed()
    {
    }

    /// <summary>Whoever must not lead gives up what it has of leadership, as for want of room.</summary>
    public void Quarantined() => AppendFailed();

    public virtual void PeerGone(BrokerId peer)
    {
    }

    public virtual void PeerSession(BrokerId peer)
    {
    }

    public virtual void PreVoteGranted(in RaftMessage request)
    {
    }

    public virtual void VoteGranted()
    {
    }

    public virtual void BeforeReady()
    {
    }

    /// <summary>Nobody has anything to do: whether this replica sleeps. Else whatever led towards that ends.</summary>
    public virtual bool TrySleep(bool mayIt) => false;

    /// <summary>Talk about sleeping that wakes nobody.</summary>
    public virtual bool SleepsThrough(in RaftMessage message) => false;

    /// <summary>What wakes sleepers happened, whether or not this replica slept: no offer of before holds.</summary>
    public virtual void Stirred()
    {
    }

    /// <param name="by">Whose message it was; none if it was something else.</param>
    public virtual void Woken(BrokerId by)
    {
    }

    /// <summary>For so long, a peer's broker was not heard while this replica slept.</summary>
    public virtual void SleptThrough(Func<BrokerId, int> silence)
    {
    }

    public virtual void Leave()
    {
    }

    /// <summary>Somebody else leads the current term: follow, and let the follower take the message.</summary>
    protected LogChange Follow(in RaftMessage message)
    {
        Core.BecomeFollower(Core.CurrentTerm, message.From);
        return Core.Receive(message);
    }
}

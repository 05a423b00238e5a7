using Broker.Model;

namespace Broker.Raft;

// A group that has nothing to do sleeps: nobody ticks it, and it says nothing. How it gets there and back:
//
//   a leader that has been idle for a while, and whose voters all hold all of its log on disk, offers sleep with its
//     heartbeats
//   a follower that was offered sleep and has nothing to do either says so, and sleeps
//   a leader to whom all have said so sleeps
//   any input but this talk itself wakes; a leader's heartbeats then wake the others, a follower tells its leader
//   a leader that leads no longer tells all whom it had offered sleep
//   what wakes ends the offer, too: nobody falls asleep again before its leader, which may lead no longer or have
//     forgotten that it did, offers it anew
//
// Time stands still for a sleeper, so it rests on its owner: of a session with each voter, on which everything arrives
// in order or which ends; and of a sign of life from each voter's broker. What happens to either is told to PeerLost.
public sealed partial class RaftCore
{
    /// <summary>Need not be ticked, and sends nothing, until an input wakes it.</summary>
    public bool IsAsleep { get; private set; }

    private bool HasNothingToDo => Options.SleepTicks > 0 && !Abstains && !AppendsRefused && HardStateIsDurable
        && CommitIndex == Log.LastIndex && PersistedIndex == Log.LastIndex
        && Configuration is { IsJoint: false, Learners.IsEmpty: true } && Configuration.IsVoter(Self);

    /// <summary>
    /// Once per tick, after it: whether the replica sleeps from here on. <paramref name="isIdle"/>: nothing around the
    /// core needs its ticks either, and there is a session with every voter.
    /// </summary>
    public bool TrySleep(bool isIdle)
    {
        IsAsleep = IsAsleep || _role.TrySleep(isIdle && HasNothingToDo);
        return IsAsleep;
    }

    /// <summary>Something around the core needs its ticks again.</summary>
    public void Rouse() => Wake(BrokerId.None);

    /// <summary>This replica takes part no longer. What is ready then is to be sent: others may sleep on it.</summary>
    public void End()
    {
        Wake(BrokerId.None);
        if (_role is Leader)
            BecomeFollower(CurrentTerm, BrokerId.None);
    }

    /// <summary>Promises nothing, so it needs not wait for term and vote to be durable.</summary>
    internal void SayAwake(BrokerId to, Term term, bool resigns) => _outbox.SendAtOnce(
        new RaftMessage { Kind = MessageKind.Wake, From = Self, To = to, Term = term, Rejected = resigns });

    private void Wake(BrokerId by)
    {
        _role.Stirred();
        if (!IsAsleep)
            return;

        IsAsleep = false;
        _role.Woken(by);
    }
}

using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// A leader's offer that its group sleep: made with its heartbeats once it has been idle for a while, under the number
/// of a round of its own, and withdrawn as soon as there is something to do. Who accepts names the round, so that
/// nobody is taken to sleep who was woken since.
/// </summary>
internal sealed class SleepOffer(RaftCore core, Followers followers, ReadRounds rounds)
{
    private long _idleSince = core.Now;
    private readonly Term _term = core.CurrentTerm;
    private ulong _round;

    /// <summary>In this term at some time: somebody may sleep on this leader's account.</summary>
    private bool _wasMade;

    public bool Stands { get; private set; }

    public void Withdraw()
    {
        Stands = false;
        _idleSince = core.Now;
    }

    /// <summary>True once everybody sleeps.</summary>
    public bool Advance(bool mayStand)
    {
        if (!mayStand || !IsEverybodyLevel())
            Withdraw();
        else if (!Stands && core.Now - _idleSince >= core.Options.SleepTicks)
            Make();

        return Stands && HaveAllAccepted();
    }

    /// <summary>An answer to the offer as it stands, which changes nothing once everybody sleeps.</summary>
    public bool IsAcceptedBy(in RaftMessage reply) =>
        Stands && reply is { Kind: MessageKind.HeartbeatReply, Sleep: true } && reply.ReadRound == _round
        && reply.Term == core.CurrentTerm;

    /// <summary>Until now the brokers of all were heard.</summary>
    public void HaveWoken()
    {
        foreach (FollowerProgress follower in followers.All)
            follower.WasHeard(core.Now);
    }

    public void HaveSleptThrough(Func<BrokerId, int> silence)
    {
        foreach (FollowerProgress follower in followers.All)
            follower.WasHeard(core.Now - silence(follower.Peer));
    }

    /// <summary>The term is led no longer, which sleepers would not notice.</summary>
    public void Resign()
    {
        if (!_wasMade)
            return;

        foreach (FollowerProgress follower in followers.All)
            core.SayAwake(follower.Peer, _term, resigns: true);
    }

    private void Make()
    {
        Stands = _wasMade = true;
        _round = rounds.Skip();
    }

    private bool IsEverybodyLevel()
    {
        foreach (FollowerProgress follower in followers.All)
        {
            bool isLevel = follower is { State: ProgressState.Replicate, Abstains: false }
                && follower.Match == core.Log.LastIndex && core.Now - follower.HeardAt <= core.Options.ElectionTicks;
            if (!isLevel)
                return false;
        }

        return true;
    }

    private bool HaveAllAccepted()
    {
        foreach (FollowerProgress follower in followers.All)
        {
            if (follower.SleepRound != _round)
                return false;
        }

        return true;
    }
}

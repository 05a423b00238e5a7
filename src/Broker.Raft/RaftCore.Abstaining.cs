using Broker.Model;

namespace Broker.Raft;

/// <content>A replica that may have lost what it promised, from then until it is filled.</content>
public sealed partial class RaftCore
{
    private bool _isQuarantined;
    private bool _readmitted;

    public bool Abstains { get; private set; }

    /// <summary>Names this time of abstaining, so that a leader's word on an earlier one is not taken for it.</summary>
    internal long Abstention { get; private set; }

    /// <summary>What it has forgotten may be a vote, and not only entries.</summary>
    internal bool HasForgottenVotes { get; private set; }

    /// <summary>
    /// The own disk turns out to have lost what it had flushed: from now on this replica abstains, and a leader steps
    /// down in favour of the follower that holds most. For good: the log that this core sees shows what is lost. Only
    /// a core that starts from what is left can be filled and readmitted.
    /// </summary>
    public void Quarantine()
    {
        if (_isQuarantined)
            return;

        _isQuarantined = true;
        Abstain();
        Wake(BrokerId.None);
        _role.Quarantined();
    }

    internal void Readmit()
    {
        if (_isQuarantined)
            return;

        Abstains = false;
        _readmitted = true;
    }

    /// <summary>
    /// A leader of the current term was heard: whomever a replica without memory had voted for in it, it votes for
    /// nobody else.
    /// </summary>
    internal void SpendVote(BrokerId leader)
    {
        if (_outbox.Hard.VotedFor == BrokerId.None)
            _outbox.Change(_outbox.Hard with { VotedFor = leader });
    }

    private void BeginAbstaining(in RaftStart start)
    {
        HasForgottenVotes = start.HasForgottenVotes;
        if (start.Abstains || start.HasForgottenVotes)
            Abstain();
    }

    private void Abstain()
    {
        Abstains = true;
        Abstention = _random.NextInt64(1, long.MaxValue);
    }
}

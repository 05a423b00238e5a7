using Broker.Model;

namespace Broker.Raft;

/// <content>A replica that may have lost what it promised, from then until it is filled.</content>
public sealed partial class RaftCore
{
    private bool _isQuarantined;
    private bool _readmitted;
    private bool _lacksTailOnly;

    public bool Abstains { get; private set; }

    /// <summary>Names this time of abstaining, so that a leader's word on an earlier one is not taken for it.</summary>
    internal long Abstention { get; private set; }

    /// <summary>What it has forgotten may be a vote, and not only entries.</summary>
    internal bool HasForgottenVotes { get; private set; }

    /// <summary>
    /// Abstains because the power failed, and knows all that it ever promised but the end of its log. Where nobody can
    /// be elected otherwise, all voters together can elect, such ones included.
    /// </summary>
    public bool IsLastResort => Abstains && _lacksTailOnly && !_isQuarantined;

    /// <summary>
    /// What it has committed contradicts its leader's log: in a relaxed group, all voters have lost it. This replica
    /// has to begin anew, with a base of its leader's.
    /// </summary>
    public bool IsContradicted { get; private set; }

    /// <summary>
    /// Leads by the votes of all, of whom too many had lost the end of their logs: what lies behind the end that its
    /// log had then is lost.
    /// </summary>
    public bool WasElectedByAll => _role is Leader { WasElectedByAll: true };

    internal bool IsRelaxed { get; }

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

    internal void Contradicted(LogIndex at)
    {
        IsContradicted = true;
        NeedsToBeginAnew(at);
    }

    private void BeginAbstaining(in RaftStart start)
    {
        HasForgottenVotes = start.HasForgottenVotes;
        bool lacksMore = start.Abstains || start.HasForgottenVotes;
        _lacksTailOnly = start.MayHaveLostTail && !lacksMore;
        if (lacksMore || start.MayHaveLostTail)
            Abstain();
    }

    private void Abstain()
    {
        Abstains = true;
        Abstention = _random.NextInt64(1, long.MaxValue);
    }
}

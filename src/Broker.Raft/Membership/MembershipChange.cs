using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// A leader's part in a change of configuration (thesis 4.3): it is asked for, its entry is offered to the owner, and
/// with the append it is in force. Once a joint configuration is committed, the entry that leaves it follows by itself.
/// At most one change is in flight, and none begins before an entry of the own term is committed.
/// </summary>
internal sealed class MembershipChange(RaftCore core, Followers followers)
{
    private Configuration? _wanted;
    private ConfigurationEntry? _offered;

    public bool HasOffer => _wanted is not null;

    public ChangeAnswer Ask(Configuration target)
    {
        Configuration current = core.Configuration;
        if (target.Equals((_wanted ?? current).Left()))
            return ChangeAnswer.Unchanged;

        // Nobody but this leader can have left a joint configuration of its own term. Of another's somebody may have,
        // with the new voters alone; then the old ones alone must not decide any more.
        bool isOwn = core.Log.TermOf(core.ConfigurationIndex) == core.CurrentTerm;
        bool takesBack = current.IsJoint && isOwn && target.Voters.Equals(current.Outgoing);
        bool inFlight = current.IsJoint || _wanted is not null || core.ConfigurationIndex > core.CommitIndex;
        if (inFlight && !takesBack)
            return ChangeAnswer.InFlight;

        foreach (BrokerId voter in target.Voters.Voters)
        {
            if (current.IsVoter(voter))
                continue;
            if (!current.IsLearner(voter) || followers.Find(voter) is not { } learner)
                return ChangeAnswer.NotLearning;
            if (!learner.IsCaughtUp(core.Now, core.Options.ElectionTicks))
                return ChangeAnswer.NotCaughtUp;
        }

        _wanted = takesBack ? target : current.Towards(target);
        return ChangeAnswer.Begun;
    }

    /// <summary>The joint configuration is committed. Unless it is being taken back just now, it is left.</summary>
    public void Leave()
    {
        if (_offered is null)
            _wanted ??= core.Configuration.Left();
    }

    /// <summary>Hands the entry to the owner, who appends it before anything else.</summary>
    public ConfigurationEntry? Offer()
    {
        if (_wanted is not { } configuration)
            return null;

        _wanted = null;
        _offered = new ConfigurationEntry(core.Log.LastIndex + 1, configuration);
        return _offered;
    }

    /// <summary>The log ends at <paramref name="last"/>: what was offered is in it, and in force.</summary>
    public void Appended(LogIndex last)
    {
        if (_offered is not { } entry || entry.Index > last)
            return;

        _offered = null;
        core.Configurations.Append(entry);
        followers.Refresh();
    }
}

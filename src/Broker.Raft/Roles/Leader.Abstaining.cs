using Broker.Model;

namespace Broker.Raft;

/// <content>What a leader does about voters that abstain, and when they may count again.</content>
internal sealed partial class Leader
{
    /// <summary>
    /// All voters elected it, because too many had lost the end of their logs: nothing that is committed and left
    /// anywhere is missing here, though nobody may count yet to whom it could commit.
    /// </summary>
    public bool WasElectedByAll { get; }

    private readonly long _since;

    /// <summary>
    /// An entry without meaning, where one of its followers abstains and none was appended since that was heard: what
    /// was stored before proves nothing of the votes that it may have forgotten.
    /// </summary>
    public LogIndex? OfferFreshEntry()
    {
        LogIndex next = Core.Log.LastIndex + 1;
        return AcceptsProposals && _followers.HasAbstainerBefore(next) ? next : null;
    }

    /// <summary>
    /// Of every majority some voter, who remembers, stored an entry that was appended since that follower abstains. It
    /// did so in this term, and would not vote for anybody without that entry since. So whoever asked that follower for
    /// its vote before, in a later term, has not won and will not. Whoever lost the end of its log alone need not wait
    /// for that where all voters elected this leader: it was counted for nothing behind that entry, and for nothing
    /// before it that is left and not here.
    /// </summary>
    private bool MayCountOnceFilled(FollowerProgress follower) =>
        follower.Abstains && follower.AbstainsBefore >= _termStart
        && ((WasElectedByAll && follower.LacksTailOnly)
            || Core.Configuration.ReachedByBlocking(_flushed) >= follower.AbstainsBefore.Value);

    /// <summary>
    /// Those who elected it lost their power since, and none of them counts before an entry of this term is committed,
    /// which takes them: all voters have to elect a leader anew. Not so where the others suffice to fill them.
    /// </summary>
    private bool CannotBegin() =>
        !IsReady && !WasElectedByAll && Core.Now - _since > 2 * Core.Options.ElectionTicks
        && Core.Configuration.ReachedByBlocking(voter => Find(voter) is { LacksTailOnly: true } ? 0 : 1) == 0;
}

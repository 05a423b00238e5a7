using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// Sends a follower what it lacks, as much as may be under way; or tells it to begin anew, where that is gone.
/// </summary>
internal sealed class AppendSender(RaftCore core)
{
    public void Send(FollowerProgress follower)
    {
        while (follower.CanSend && (follower.Next <= core.Log.LastIndex || follower.State != ProgressState.Replicate))
        {
            if (follower.Next < core.Log.FirstIndex || core.Log.TermOf(follower.Next - 1) is not { } prevTerm)
            {
                SendBeginAnew(follower);
                return;
            }

            SendAppend(follower, prevTerm);
        }
    }

    /// <summary>
    /// What it needs next is gone. Where it begins anew, this log begins: from there on it is asked again and again.
    /// </summary>
    private void SendBeginAnew(FollowerProgress follower)
    {
        LogIndex behind = core.Log.FirstIndex - 1;
        core.Send(new RaftMessage
        {
            Kind = MessageKind.BeginAnew,
            To = follower.Peer,
            Term = core.CurrentTerm,
            PrevIndex = behind,
            PrevTerm = core.Log.TermOf(behind) ?? Term.Zero,
        });
        follower.Strand(behind);
    }

    /// <summary>
    /// An append's entries are of one term, so that it names them completely and nobody can add others to it.
    /// </summary>
    private void SendAppend(FollowerProgress follower, Term prevTerm)
    {
        LogIndex from = follower.Next;
        LogIndex last = from - 1;
        long bytes = 0;
        Term term = Term.Zero;
        if (from <= core.Log.LastIndex)
        {
            term = core.Log.TermOf(from)!.Value;
            LogIndex sameTerm = core.Log.LastIndexAtOrBelowTerm(term, core.Log.LastIndex);
            long room = Math.Min(core.Options.MaxMessageBytes, follower.Room);
            last = core.Log.LastIndexWithin(from, sameTerm, room, out bytes);
        }

        core.Send(new RaftMessage
        {
            Kind = MessageKind.Append,
            To = follower.Peer,
            Term = core.CurrentTerm,
            PrevIndex = from - 1,
            PrevTerm = prevTerm,
            LastIndex = last,
            EntriesTerm = term,
            Commit = core.CommitIndex,
        });
        follower.Sent(last, bytes);
    }
}

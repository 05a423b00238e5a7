namespace Broker.Server.Groups.Classic;

/// <summary>
/// When a group has to be looked at. Sessions are pushed back with every heartbeat, so what is kept is only a time
/// before which nothing is due; it is counted anew when that time has come.
/// </summary>
internal sealed class GroupDeadlines
{
    public static readonly TimeSpan Never = TimeSpan.MaxValue;

    private TimeSpan _join = Never;
    private TimeSpan _sync = Never;

    /// <summary>Nothing is due before.</summary>
    public TimeSpan Next { get; private set; } = Never;

    /// <summary>When the others are no longer waited for.</summary>
    public TimeSpan Join
    {
        get => _join;
        set => Note(_join = value);
    }

    /// <summary>When those are removed that have joined and not asked for their assignments.</summary>
    public TimeSpan Sync
    {
        get => _sync;
        set => Note(_sync = value);
    }

    public void Note(TimeSpan deadline)
    {
        if (deadline < Next)
            Next = deadline;
    }

    /// <summary>A sign of life.</summary>
    public void RestartSession(GroupMember member, TimeSpan now) => EndSession(member, now + member.SessionTimeout);

    public void EndSession(GroupMember member, TimeSpan end)
    {
        member.SessionEnd = end;
        Note(end);
    }

    public void Recount(MemberTable members, PromisedIds promised)
    {
        Next = promised.Earliest;
        Note(_join);
        Note(_sync);
        foreach (GroupMember member in members.All)
            Note(member.SessionEnd);
    }

    public void Clear() => Next = _join = _sync = Never;
}

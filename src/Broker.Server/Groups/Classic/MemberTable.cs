using Broker.Protocol;

namespace Broker.Server.Groups.Classic;

/// <summary>
/// The members of a group in the order in which they came, and which of them have joined the next generation: those
/// whose join waits for an answer. Whoever leaves the table is answered on the way.
/// </summary>
internal sealed class MemberTable
{
    private readonly OrderedDictionary<string, GroupMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GroupMember> _instances = new(StringComparer.Ordinal);
    private readonly ProtocolTally _tally = new();

    public int Count => _members.Count;

    public IReadOnlyCollection<GroupMember> All => _members.Values;

    /// <summary>How many have joined the next generation.</summary>
    public int Joined { get; private set; }

    /// <summary>Null: there are no members.</summary>
    public string? LeaderId { get; private set; }

    public TimeSpan LongestRebalanceTimeout =>
        Count == 0 ? TimeSpan.Zero : _members.Values.Max(member => member.RebalanceTimeout);

    public bool IsLeader(GroupMember member) => member.Id == LeaderId;

    public GroupMember? Find(string memberId) => _members.GetValueOrDefault(memberId);

    public GroupMember? FindInstance(string instanceId) => _instances.GetValueOrDefault(instanceId);

    /// <summary>Whether somebody is who he says to be.</summary>
    public ErrorCode Check(string memberId, string? instanceId, out GroupMember member)
    {
        member = Find(memberId)!;
        if (instanceId is null)
            return member is null ? ErrorCode.UnknownMemberId : ErrorCode.None;

        if (FindInstance(instanceId) is not { } instance)
            return ErrorCode.UnknownMemberId;

        return instance == member ? ErrorCode.None : ErrorCode.FencedInstanceId;
    }

    /// <summary>Whether the group would have a protocol that all can follow.</summary>
    public bool CanFollow(IReadOnlyList<MemberProtocol> protocols)
    {
        foreach (MemberProtocol protocol in protocols)
        {
            if (_tally.IsCommonTo(Count, protocol.Name))
                return true;
        }

        return false;
    }

    public string? ElectProtocol() => _tally.Elect(_members.Values);

    public void Add(GroupMember member)
    {
        _members.Add(member.Id, member);
        if (member.InstanceId is { } instance)
            _instances[instance] = member;
        _tally.Add(member.Protocols);
        LeaderId ??= member.Id;
    }

    /// <summary>As it was written down.</summary>
    public void Lead(string leaderId) => LeaderId = Find(leaderId)?.Id ?? LeaderId;

    /// <summary>The next start of a static member: in the place of the one before, which is fenced.</summary>
    public void Replace(GroupMember old, GroupMember member)
    {
        AnswerAll(old, ErrorCode.FencedInstanceId, old.Id);
        bool led = IsLeader(old);
        _members.SetAt(_members.IndexOf(old.Id), member.Id, member);
        _instances[old.InstanceId!] = member;
        _tally.Remove(old.Protocols);
        _tally.Add(member.Protocols);
        if (led)
            LeaderId = member.Id;
    }

    public void Update(GroupMember member, JoinAsk ask)
    {
        _tally.Remove(member.Protocols);
        _tally.Add(ask.Protocols);
        member.Protocols = ask.Protocols;
        member.RebalanceTimeout = ask.RebalanceTimeout;
        member.SessionTimeout = ask.SessionTimeout;
    }

    public void Remove(GroupMember member)
    {
        AnswerAll(member, ErrorCode.UnknownMemberId, "");
        _members.Remove(member.Id);
        if (member.InstanceId is { } instance)
            _instances.Remove(instance);
        _tally.Remove(member.Protocols);
        if (IsLeader(member))
            LeaderId = Count == 0 ? null : _members.GetAt(0).Key;
    }

    /// <summary>Counts as joined from here on.</summary>
    public void AwaitJoin(GroupMember member, Action<JoinAnswer> answer)
    {
        // Whoever asked before is gone, or asks twice.
        AnswerJoin(member, JoinAnswer.Refuse(ErrorCode.RebalanceInProgress, member.Id));
        member.Join = answer;
        Joined++;
    }

    public void AnswerJoin(GroupMember member, JoinAnswer answer)
    {
        if (member.Join is not { } waiting)
            return;

        member.Join = null;
        Joined--;
        waiting(answer);
    }

    /// <summary>Where the leader has not joined, the first of those that have leads. False: none has.</summary>
    public bool ElectLeader()
    {
        if (LeaderId is { } leader && Find(leader)!.Join is not null)
            return true;

        if (_members.Values.FirstOrDefault(member => member.Join is not null) is not { } elected)
            return false;

        LeaderId = elected.Id;
        return true;
    }

    public void AnswerAll(GroupMember member, ErrorCode error, string memberId)
    {
        AnswerJoin(member, JoinAnswer.Refuse(error, memberId));
        member.AnswerSync(SyncAnswer.Refuse(error));
    }
}

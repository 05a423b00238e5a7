namespace Broker.Server.Groups.Classic;

/// <summary>
/// How many members can follow each protocol. There is always one that all can: who would leave none is refused.
/// </summary>
internal sealed class ProtocolTally
{
    private readonly Dictionary<string, int> _supporters = new(StringComparer.Ordinal);

    public void Add(IReadOnlyList<MemberProtocol> protocols)
    {
        foreach (string name in Names(protocols))
            _supporters[name] = _supporters.GetValueOrDefault(name) + 1;
    }

    public void Remove(IReadOnlyList<MemberProtocol> protocols)
    {
        foreach (string name in Names(protocols))
        {
            if (--_supporters[name] == 0)
                _supporters.Remove(name);
        }
    }

    public bool IsCommonTo(int members, string name) => _supporters.GetValueOrDefault(name) == members;

    /// <summary>
    /// Each member votes for the first of its protocols that all can follow; most votes win, and of equals the one
    /// that was voted for first, in the order of the members.
    /// </summary>
    public string? Elect(IReadOnlyCollection<GroupMember> members)
    {
        var votes = new OrderedDictionary<string, int>(StringComparer.Ordinal);
        foreach (GroupMember member in members)
        {
            foreach (MemberProtocol protocol in member.Protocols)
            {
                if (!IsCommonTo(members.Count, protocol.Name))
                    continue;

                votes[protocol.Name] = votes.GetValueOrDefault(protocol.Name) + 1;
                break;
            }
        }

        string? elected = null;
        foreach ((string name, int count) in votes)
            elected = elected is null || count > votes[elected] ? name : elected;
        return elected;
    }

    private static IEnumerable<string> Names(IReadOnlyList<MemberProtocol> protocols) =>
        protocols.Select(protocol => protocol.Name).Distinct(StringComparer.Ordinal);
}

using System.Text.Json;
using Broker.Model;
using Broker.Protocol;
using Broker.Server.Configuration;
using Broker.Server.Groups.Classic;
using Xunit;

namespace Broker.Server.Tests.Groups.Classic;

/// <summary>
/// A group, its clients and its log, under everything that can happen to them; and what must hold whatever does. The
/// model is what clients were told: nothing in it knows how the group decides.
/// </summary>
internal sealed class GroupWorld
{
    private const int Partitions = 6;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = GroupUnderTest.Rebalance + (20 * Second);

    private readonly Random _random;
    private readonly GroupOptions _options = new GroupUnderTest().Options;
    private readonly List<(Func<bool> IsThere, TimeSpan Since)> _asked = [];
    private readonly Queue<(GroupWrite Write, TimeSpan Since)> _writes = new();
    private readonly Dictionary<string, int> _told = [];
    private readonly Dictionary<(int Generation, int Partition), string> _owners = [];
    private readonly Dictionary<(int Generation, string Owner), string> _shares = [];
    private GroupMetadata? _durable;

    /// <summary>No: a write failed since, and the group believes what it believed before.</summary>
    private bool _durableIsKnown = true;

    private int _lastGeneration;

    public GroupWorld(int seed)
    {
        _random = new Random(seed);
        Group = NewGroup();
        Clients =
        [
            .. Enumerable.Range(0, 5).Select(i => new GroupClient($"c{i}", _random.Next(3) == 0 ? $"i{i}" : null)),
        ];
    }

    public ClassicGroup Group { get; private set; }

    public TimeSpan Now { get; private set; }

    public IReadOnlyList<GroupClient> Clients { get; }

    public bool OneIn(int chances) => _random.Next(chances) == 0;

    public GroupClient SomeClient() => Clients[_random.Next(Clients.Count)];

    public string SomeProtocols() =>
        _random.Next(8) switch { 0 => "sticky:s range:r", 1 => "range:r2", _ => "range:r sticky:s" };

    /// <summary>All partitions, dealt out from a place that is another one every time.</summary>
    public IReadOnlyList<MemberAssignment> ShareOut(IReadOnlyList<JoinedMember> members)
    {
        int first = _random.Next(Partitions);
        var shares = members.ToDictionary(member => member.MemberId, _ => new List<int>());
        for (int i = 0; i < Partitions; i++)
            shares[members[i % members.Count].MemberId].Add((first + i) % Partitions);
        return
        [
            .. shares.Select(
                share => new MemberAssignment(share.Key, GroupUnderTest.Bytes(string.Join(',', share.Value)))),
        ];
    }

    public void Join(JoinAsk ask, Answer<JoinAnswer> answer)
    {
        _asked.Add((() => answer.IsThere, Now));
        Group.Join(
            ask,
            joined =>
            {
                if (joined.Error == ErrorCode.None)
                    _told[joined.MemberId] = joined.Generation;
                answer.Take(joined);
            },
            Now);
    }

    public void Sync(SyncAsk ask, Answer<SyncAnswer> answer)
    {
        _asked.Add((() => answer.IsThere, Now));
        Group.Sync(ask, answer.Take, Now);
    }

    /// <summary>No partition is given to two members in one generation, whichever coordinator gave it.</summary>
    public void Owns(int generation, string owner, ReadOnlyMemory<byte> share)
    {
        string text = GroupUnderTest.Text(share);
        if (_shares.TryGetValue((generation, owner), out string? before))
            Assert.Equal(before, text);

        _shares[(generation, owner)] = text;
        foreach (string partition in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            (int, int) key = (generation, int.Parse(partition));
            Assert.True(
                _owners.TryAdd(key, owner) || _owners[key] == owner,
                $"Partition {partition} is {_owners[key]}'s and {owner}'s in generation {generation}.");
        }
    }

    /// <summary>Time passes; the group is looked at when it asks for it, and no write takes for ever.</summary>
    public void Pass(TimeSpan time)
    {
        for (TimeSpan end = Now + time; Now < end;)
        {
            Now = Group.NextDeadline is { } next && next < Now + Second ? next : Now + Second;
            Now = Now < end ? Now : end;
            if (Group.NextDeadline <= Now)
                Group.Expire(Now);

            Assert.False(Group.NextDeadline <= Now, "It asks to be looked at, and nothing comes of it.");
            TakeWrites();
            if (_writes.TryPeek(out (GroupWrite Write, TimeSpan Since) oldest) && Now - oldest.Since > 10 * Second)
                EndWrite(ErrorCode.None, isDurable: true);
        }
    }

    /// <summary>The oldest write ends; an error does not say that nothing was written.</summary>
    public void EndWrite(ErrorCode error, bool isDurable)
    {
        if (!_writes.TryDequeue(out (GroupWrite Write, TimeSpan Since) oldest))
            return;

        if (isDurable)
            _durable = oldest.Write.Metadata;
        _durableIsKnown = error == ErrorCode.None;
        Group.Persisted(oldest.Write.Ticket, error, Now);
        TakeWrites();
    }

    /// <summary>Another broker coordinates the group, with what had become durable.</summary>
    public void TakeOver()
    {
        for (int survive = _random.Next(_writes.Count + 1); survive > 0; survive--)
            _durable = _writes.Dequeue().Write.Metadata;

        _writes.Clear();
        Group.Resign(ErrorCode.NotCoordinator);
        Assert.All(_asked, ask => Assert.True(ask.IsThere()));
        Group = _durable is { } metadata
            ? ClassicGroup.FromMetadata(metadata, _options, NewId, Now)
            : NewGroup();
        _durableIsKnown = true;
        _told.Clear();
        _lastGeneration = Group.Generation;
        Assert.Equal(_durable?.Generation ?? 0, Group.Generation);
    }

    public void TakeWrites()
    {
        while (Group.TryTakeWrite(out GroupWrite write))
            _writes.Enqueue((write, Now));
    }

    public void Check()
    {
        TakeWrites();
        Assert.True(Group.Generation >= _lastGeneration, "The generation goes back.");
        _lastGeneration = Group.Generation;

        _asked.RemoveAll(ask => ask.IsThere());
        Assert.All(_asked, ask => Assert.InRange(Now - ask.Since, TimeSpan.Zero, Patience));
        Assert.True(Group.NextDeadline is not null || (Group.MemberCount == 0 && _asked.Count == 0), "Nothing is due.");
        if (Group.State == GroupState.Stable)
            CheckStable();
    }

    private void CheckStable()
    {
        foreach (GroupClient client in Clients)
            client.Hear(this);

        GroupMetadata group = Group.Describe();
        foreach (MemberMetadata member in group.Members.Where(member => member.InstanceId is null))
            Assert.Equal(group.Generation, _told.GetValueOrDefault(member.MemberId, group.Generation));

        if (_writes.Count > 0 || !_durableIsKnown)
            return;

        var restored = ClassicGroup.FromMetadata(_durable!, _options, NewId, Now);
        Assert.Equal(GroupState.Stable, restored.State);
        Assert.Equal(Written(group), Written(restored.Describe()));
    }

    private static string Written(GroupMetadata group) => JsonSerializer.Serialize(group);

    private ClassicGroup NewGroup() => new("g", _options, NewId);

    private Guid NewId() => RandomGuid.Next(_random);
}

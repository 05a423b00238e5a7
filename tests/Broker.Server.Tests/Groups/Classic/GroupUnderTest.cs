using System.Text;
using Broker.Model;
using Broker.Protocol;
using Broker.Server.Configuration;
using Broker.Server.Groups.Classic;
using Xunit;

namespace Broker.Server.Tests.Groups.Classic;

/// <summary>A group with a clock that the test moves, and a log that takes what the test lets it take.</summary>
internal sealed class GroupUnderTest
{
    public static readonly TimeSpan Session = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Rebalance = TimeSpan.FromSeconds(60);

    private readonly Random _random = new(1);

    public GroupUnderTest(int maxSize = int.MaxValue)
    {
        Options = new GroupOptions
        {
            InitialRebalanceDelay = TimeSpan.FromSeconds(3),
            MinSessionTimeout = TimeSpan.FromSeconds(6),
            MaxSessionTimeout = TimeSpan.FromMinutes(30),
            MaxSize = maxSize,
        };
        Group = new ClassicGroup("g", Options, NewId);
    }

    public GroupOptions Options { get; }

    public ClassicGroup Group { get; private set; }

    public TimeSpan Now { get; private set; } = TimeSpan.FromHours(1);

    public List<GroupWrite> Log { get; } = [];

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    public static JoinAsk Ask(string memberId = "", string? instance = null, string protocols = "range:all") => new()
    {
        MemberId = memberId,
        InstanceId = instance,
        ClientId = "client",
        ClientHost = "/127.0.0.1",
        SessionTimeout = Session,
        RebalanceTimeout = Rebalance,
        ProtocolType = "consumer",
        Protocols =
        [
            .. protocols.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split(':'))
                .Select(pair => new MemberProtocol(pair[0], Bytes(pair[^1]))),
        ],
    };

    public Answer<JoinAnswer> Join(JoinAsk ask)
    {
        var answer = new Answer<JoinAnswer>();
        Group.Join(ask, answer.Take, Now);
        return answer;
    }

    public Answer<JoinAnswer> Join(string memberId = "", string? instance = null, string protocols = "range:all") =>
        Join(Ask(memberId, instance, protocols));

    public Answer<SyncAnswer> Sync(string memberId, string? instance = null, params MemberAssignment[] assignments) =>
        Sync(new SyncAsk
        {
            Claim = new MemberClaim(memberId, instance, Group.Generation),
            Assignments = assignments,
        });

    public Answer<SyncAnswer> Sync(SyncAsk ask)
    {
        var answer = new Answer<SyncAnswer>();
        Group.Sync(ask, answer.Take, Now);
        return answer;
    }

    public ErrorCode Heartbeat(string memberId, string? instance = null) =>
        Group.Heartbeat(new MemberClaim(memberId, instance, Group.Generation), Now);

    public ErrorCode Leave(string memberId, string? instance = null) =>
        Assert.Single(Group.Leave([new LeavingMember(memberId, instance)], Now));

    /// <summary>What the group wants to be durable is, or is not.</summary>
    public void Write(ErrorCode outcome = ErrorCode.None)
    {
        while (Group.TryTakeWrite(out GroupWrite write))
        {
            Log.Add(write);
            Group.Persisted(write.Ticket, outcome, Now);
        }
    }

    /// <summary>Nobody says anything meanwhile.</summary>
    public void Pass(TimeSpan time)
    {
        TimeSpan end = Now + time;
        while (Group.NextDeadline is { } next && next <= end)
        {
            Now = next > Now ? next : Now;
            Group.Expire(Now);
        }

        Now = end;
    }

    /// <summary>As long as it takes, and no longer.</summary>
    public void PassUntil(Func<bool> condition)
    {
        while (!condition())
        {
            Assert.True(Group.NextDeadline is not null, "It will never be.");
            Pass(Group.NextDeadline.Value - Now);
        }
    }

    /// <summary>All members say that they are alive, every two seconds.</summary>
    public void PassAlive(TimeSpan time, params string[] members)
    {
        for (TimeSpan end = Now + time; Now < end; Pass(TimeSpan.FromSeconds(2)))
        {
            foreach (string member in members)
                Heartbeat(member);
        }
    }

    public void TakeOver() => Group = ClassicGroup.FromMetadata(Log[^1].Metadata, Options, NewId, Now);

    /// <summary>A stable group; the first of its members leads. Instances: null for a dynamic member.</summary>
    public string[] BecomeStable(params string?[] instances)
    {
        Answer<JoinAnswer>[] joins = [.. instances.Select(instance => Join(instance: instance))];
        PassUntil(() => joins[0].IsThere);
        string[] ids = [.. joins.Select(join => join.Value.MemberId)];
        SyncAll(ids, instances);
        return ids;
    }

    /// <summary>Each gets its own id as its assignment.</summary>
    public void SyncAll(string[] ids, string?[] instances)
    {
        MemberAssignment[] assignments = [.. ids.Select(id => new MemberAssignment(id, Bytes("of " + id)))];
        Answer<SyncAnswer>[] syncs =
            [.. ids.Select((id, i) => Sync(id, instances[i], i == 0 ? assignments : []))];
        Write();
        Assert.All(syncs.Zip(ids), pair => Assert.Equal("of " + pair.Second, Text(pair.First.Value.Assignment)));
        Assert.Equal(GroupState.Stable, Group.State);
    }

    private Guid NewId() => RandomGuid.Next(_random);
}

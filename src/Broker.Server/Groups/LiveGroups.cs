using Broker.Protocol;
using Broker.Server.Groups.Classic;
using Broker.Server.Groups.Log;
using Broker.Server.Groups.State;

namespace Broker.Server.Groups;

/// <summary>
/// The groups of one coordinator that are more than what stands in its table: those that have members, and those that
/// somebody is joining. A group without members costs nothing. Under the coordinator's lock, all of it.
/// </summary>
/// <param name="append">Puts a record into the log; the outcome comes under the lock, later.</param>
/// <param name="due">A group's time has come; called without the lock.</param>
internal sealed class LiveGroups(
    GroupTable table, GroupResources resources, Action<GroupRecord, Action<ErrorCode>> append, Action<LiveGroup> due)
{
    private readonly SortedDictionary<string, LiveGroup> _groups = new(StringComparer.Ordinal);
    private readonly long _epoch = resources.Time.GetTimestamp();

    public TimeSpan Now => resources.Time.GetElapsedTime(_epoch);

    /// <summary>In the order of their ids.</summary>
    public IReadOnlyCollection<string> Ids => _groups.Keys;

    /// <summary>Whoever was a member as the last coordinator wrote it down has all of its session before it.</summary>
    public void Begin()
    {
        foreach (string id in table.Ids)
        {
            if (table.MetadataOf(id) is { Metadata.Members.Count: > 0 })
                Settle(Get(id));
        }
    }

    public void End()
    {
        foreach (LiveGroup live in _groups.Values)
        {
            Disarm(live);
            live.Group.Resign(ErrorCode.NotCoordinator);
        }

        _groups.Clear();
    }

    public LiveGroup? Find(string id) => _groups.GetValueOrDefault(id);

    /// <summary>The group, made of what the table has of it if need be; to be settled afterwards.</summary>
    public LiveGroup Get(string id)
    {
        if (_groups.TryGetValue(id, out LiveGroup? live))
            return live;

        ClassicGroup group = table.MetadataOf(id) is { } stored
            ? ClassicGroup.FromMetadata(stored.Metadata, resources.Groups, resources.NewId, Now)
            : new ClassicGroup(id, resources.Groups, resources.NewId);
        _groups.Add(id, live = new LiveGroup(group, due));
        return live;
    }

    /// <summary>None: it is here no more, and its records may go.</summary>
    public ErrorCode Delete(string id)
    {
        if (Find(id) is not { } live)
            return table.Ids.Contains(id) ? ErrorCode.None : ErrorCode.GroupIdNotFound;
        if (live.Group.Delete() is var error && error != ErrorCode.None)
            return error;

        Disarm(live);
        _groups.Remove(id);
        return ErrorCode.None;
    }

    /// <param name="isRead">Topics whose offsets are in use.</param>
    public ErrorCode CheckOffsetDelete(string id, out Func<string, bool> isRead)
    {
        isRead = _ => false;
        if (Find(id) is not { } live)
            return table.Ids.Contains(id) ? ErrorCode.None : ErrorCode.GroupIdNotFound;
        if (live.Group.MemberCount == 0)
            return ErrorCode.None;
        if (live.Group.ProtocolType != Subscriptions.ProtocolType)
            return ErrorCode.NonEmptyGroup;

        // Between two generations nobody knows who reads what.
        SortedSet<string>? topics = Subscriptions.Of(live.Group.Describe());
        isRead = topic => topics is null || live.Group.State != GroupState.Stable || topics.Contains(topic);
        return ErrorCode.None;
    }

    /// <summary>After each call to a group: what it wants written is, and its next time is waited for.</summary>
    public void Settle(LiveGroup live)
    {
        while (live.Group.TryTakeWrite(out GroupWrite write))
            Write(live, write);

        if (IsForgettable(live))
        {
            Disarm(live);
            _groups.Remove(live.Group.GroupId);
            return;
        }

        TimeSpan? next = live.Group.NextDeadline;
        if (next == live.ArmedFor)
            return;

        Disarm(live);
        if (next is not { } at)
            return;

        live.ArmedFor = at;
        resources.Deadlines.Add(live, resources.Deadlines.After(at > Now ? at - Now : TimeSpan.Zero));
    }

    /// <summary>Its time has come; nothing if it is another's by now.</summary>
    public void Expire(LiveGroup live)
    {
        if (Find(live.Group.GroupId) != live)
            return;

        // One that was set anew meanwhile has left the heap or is taken out of it.
        Disarm(live);
        live.Group.Expire(Now);
        Settle(live);
    }

    private void Write(LiveGroup live, GroupWrite write)
    {
        live.Writes++;
        long now = resources.Time.GetUtcNow().ToUnixTimeMilliseconds();
        append(new GroupMetadataRecord(live.Group.GroupId, new StoredGroup(write.Metadata, now)), error =>
        {
            live.Writes--;
            if (Find(live.Group.GroupId) != live)
                return;
            live.Group.Persisted(write.Ticket, error, Now);
            Settle(live);
        });
    }

    // Only where the table has it as it is: made of that again, it must not have members that are gone.
    private bool IsForgettable(LiveGroup live) =>
        live.Writes == 0 && live.Group.IsIdle && live.Group.NextDeadline is null
        && (table.MetadataOf(live.Group.GroupId) is { } stored
            ? stored.Metadata.Members.Count == 0 && stored.Metadata.Generation == live.Group.Generation
            : live.Group.Generation == 0);

    private void Disarm(LiveGroup live)
    {
        if (live.ArmedFor is not null)
            resources.Deadlines.Remove(live);
        live.ArmedFor = null;
    }
}

namespace Broker.Server.Handlers.Fetching;

/// <summary>
/// A broker's fetch sessions, no more than there are slots. A session that was not used for long enough gives way to a
/// new one, and so does one that has lived for that long and is smaller. Any thread.
/// </summary>
/// <param name="patience">How long an unused session keeps its slot, and a small one against a larger.</param>
/// <param name="newId">Draws a number above 0.</param>
internal sealed class FetchSessionCache(int slots, TimeSpan patience, TimeProvider time, Func<int> newId)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, FetchSession> _byId = [];

    // The one that was used last stands last.
    private readonly LinkedList<FetchSession> _byUse = [];

    /// <summary>Null: there is none of that id, or none any more.</summary>
    public FetchSession? Use(int id)
    {
        lock (_gate)
        {
            if (!_byId.TryGetValue(id, out FetchSession? session))
                return null;

            session.UsedAt = time.GetTimestamp();
            _byUse.Remove(session.Node);
            _byUse.AddLast(session.Node);
            return session;
        }
    }

    /// <summary>Makes a session of a full fetch that was answered.</summary>
    /// <param name="byId">It calls topics by their ids.</param>
    /// <returns>Its id; 0 where there is no room.</returns>
    public int Open(FetchRound round, bool byId)
    {
        lock (_gate)
        {
            if (_byId.Count >= slots && !TryEvict(round.Count))
                return 0;

            int id = newId();
            while (_byId.ContainsKey(id))
                id = newId();
            var session = new FetchSession(id, byId, round);
            session.MadeAt = session.UsedAt = time.GetTimestamp();
            _byId.Add(id, session);
            _byUse.AddLast(session.Node);
            return id;
        }
    }

    public void Close(int id)
    {
        if (id == 0)
            return;

        lock (_gate)
        {
            if (_byId.TryGetValue(id, out FetchSession? session))
                Remove(session);
        }
    }

    private bool TryEvict(int partitions)
    {
        FetchSession? leaver = _byUse.First?.Value;
        if (leaver is null || !IsOver(leaver.UsedAt))
            leaver = SmallestOfAge() is { } small && small.Count < partitions ? small : null;
        if (leaver is not null)
            Remove(leaver);
        return leaver is not null;
    }

    private FetchSession? SmallestOfAge()
    {
        FetchSession? smallest = null;
        foreach (FetchSession session in _byUse)
        {
            if (IsOver(session.MadeAt) && session.Count < (smallest?.Count ?? int.MaxValue))
                smallest = session;
        }

        return smallest;
    }

    private bool IsOver(long since) => time.GetElapsedTime(since) > patience;

    private void Remove(FetchSession session)
    {
        _byId.Remove(session.Id);
        _byUse.Remove(session.Node);
    }
}

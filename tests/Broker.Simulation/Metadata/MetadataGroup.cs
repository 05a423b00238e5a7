using Broker.Metadata;
using Broker.Model;
using Broker.Simulation.Time;

namespace Broker.Simulation.Metadata;

/// <summary>
/// The metadata group as brokers see it from outside: one committed log that is never lost, and a leader that may
/// change at any moment. What a deposed leader had written may be committed all the same, or never. Members hear of
/// everything late, and of nothing while they are cut off.
/// </summary>
internal sealed class MetadataGroup
{
    private const long Millisecond = EventQueue.TicksPerMillisecond;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly EventQueue _queue;
    private readonly IReadOnlyList<BrokerId> _voters;
    private readonly SortedDictionary<BrokerId, MetadataMember> _members = [];
    private readonly SortedSet<BrokerId> _cutOff = [];
    private readonly SortedSet<BrokerId> _slow = [];
    private readonly Func<BrokerId, BrokerId, bool> _reaches;
    private readonly List<MetadataEntry> _log = [];
    private readonly List<MetadataProposal> _open = [];
    private long _leaderlessSince;

    /// <param name="reaches">Whether what one broker sends to another arrives at this moment.</param>
    public MetadataGroup(
        EventQueue queue, IReadOnlyList<BrokerId> voters, Func<BrokerId, BrokerId, bool> reaches)
    {
        _queue = queue;
        _voters = voters;
        _reaches = reaches;
    }

    /// <summary>Told of every committed entry, with the image before it.</summary>
    public Action<MetadataEntry, ClusterImage>? Committed { get; set; }

    /// <summary>As it is, whoever knows of it.</summary>
    public MetadataLeadership Leadership { get; private set; } = MetadataLeadership.None;

    /// <summary>The index of the last committed entry.</summary>
    public long Last => _log.Count;

    public ClusterImage Image => ImageAt(Last);

    public ClusterImage ImageAt(long index) => index == 0 ? ClusterImage.Empty : _log[(int)index - 1].Image;

    public MetadataEntry EntryAt(long index) => _log[(int)index - 1];

    public void Begin() => LookAgain();

    /// <summary>From and to this broker nothing of the metadata group arrives, though other things may.</summary>
    public void CutOff(BrokerId broker)
    {
        _queue.Trace.Note(_queue.Now, "metadata", $"broker {broker} is cut off");
        _cutOff.Add(broker);
    }

    /// <summary>It hears everything, but late.</summary>
    public void Slow(BrokerId broker)
    {
        _queue.Trace.Note(_queue.Now, "metadata", $"broker {broker} lags");
        _slow.Add(broker);
    }

    public void Mend()
    {
        _cutOff.Clear();
        _slow.Clear();
    }

    public bool IsSlow(BrokerId broker) => _slow.Contains(broker);

    /// <summary>The leader loses its leadership now; what it has under way has an unknown fate.</summary>
    public void Depose()
    {
        if (Leadership.Leader != BrokerId.None)
            Elect(except: Leadership.Leader);
    }

    public void Join(MetadataMember member) => _members[member.Broker] = member;

    public bool Reaches(BrokerId from, BrokerId to) =>
        from == to || (!_cutOff.Contains(from) && !_cutOff.Contains(to) && _reaches(from, to) && _reaches(to, from));

    /// <summary>Whether an answer of the leader, confirmed by a quorum, gets to this broker.</summary>
    public bool IsHeardBy(BrokerId broker) =>
        Leadership.Leader is var leader && leader != BrokerId.None && CanLead(leader) && Reaches(leader, broker);

    public void Offer(MetadataProposal proposal)
    {
        _open.Add(proposal);
        _queue.After(_queue.Draw(1, 40) * Millisecond, _queue.World, "metadata quorum", () => Decide(proposal));
    }

    public void Resign(BrokerId broker)
    {
        if (Leadership.Leader == broker)
            Elect(except: broker);
    }

    private void LookAgain() => _queue.After(Look.Ticks, _queue.World, "metadata", () =>
    {
        if (Leadership.Leader == BrokerId.None || !CanLead(Leadership.Leader))
        {
            _leaderlessSince = _leaderlessSince == 0 ? _queue.Now : _leaderlessSince;
            if (_queue.Now - _leaderlessSince > _queue.Draw(300, 600) * Millisecond)
                Elect(except: BrokerId.None);
        }
        else
        {
            _leaderlessSince = 0;
        }

        foreach (MetadataProposal proposal in _open.ToList())
            Decide(proposal);
        foreach (MetadataMember member in _members.Values)
            member.Hear();
        LookAgain();
    });

    private bool CanLead(BrokerId broker) =>
        _members.ContainsKey(broker)
        && _voters.Count(voter => IsThere(voter) && Reaches(broker, voter)) > _voters.Count / 2;

    private bool IsThere(BrokerId broker) =>
        _members.TryGetValue(broker, out MetadataMember? member) && member.IsThere;

    private void Elect(BrokerId except)
    {
        List<BrokerId> able = [.. _voters.Where(voter => voter != except && IsThere(voter) && CanLead(voter))];
        if (able.Count == 0)
            return;

        EndTerm();
        BrokerId leader = able[_queue.Random.Next(able.Count)];
        Leadership = new MetadataLeadership(leader, Leadership.Term + 1);
        _leaderlessSince = 0;
        _queue.Trace.Note(_queue.Now, "metadata", $"broker {leader} leads in term {Leadership.Term}");
        if (Last == 0)
            Commit([new ClusterCreated(ClusterId.New(_queue.Random), FeatureLevel.Newest)]);
        foreach (MetadataMember member in _members.Values)
            member.Hear();
    }

    // The followers may have what was written last, or not: the next leader's log decides, and whoever proposed it is
    // not told.
    private void EndTerm()
    {
        int survivors = _queue.Random.Next(_open.Count + 1);
        foreach (MetadataProposal proposal in _open.Take(survivors))
            Commit(proposal.Records);
        foreach (MetadataProposal proposal in _open.Skip(survivors))
            _queue.Trace.Note(_queue.Now, "metadata", $"{proposal} is lost");
        _open.Clear();
    }

    // In the order in which they were written.
    private void Decide(MetadataProposal proposal)
    {
        if (!_open.Contains(proposal) || !CanLead(proposal.By) || !IsThere(proposal.By))
            return;

        int written = _open.IndexOf(proposal) + 1;
        foreach (MetadataProposal committed in _open.Take(written).ToList())
            committed.Settled(Last + 1, Commit(committed.Records));
        _open.RemoveRange(0, written);
        _members[proposal.By].Hear();
    }

    // What contradicts an entry that was written before it, and not known then, changes nothing.
    private bool Commit(IReadOnlyList<MetadataRecord> records)
    {
        IReadOnlyList<MetadataRecord> read = RecordCodec.Decode(new(RecordCodec.Encode(records)));
        ClusterImage before = Image;
        bool applies = TryApply(read, out ClusterImage image);
        _log.Add(new MetadataEntry(applies ? read : [], image));
        Committed?.Invoke(_log[^1], before);
        string what = string.Join(", ", read.Select(record => record.GetType().Name));
        _queue.Trace.Note(_queue.Now, "metadata", $"{Last}: {what}{(applies ? "" : " contradicts")}");
        return applies;
    }

    private bool TryApply(IReadOnlyList<MetadataRecord> records, out ClusterImage image)
    {
        try
        {
            image = Image.Apply(records, Last + 1);
            return true;
        }
        catch (MetadataRecordException)
        {
            image = Image.Apply([], Last + 1);
            return false;
        }
    }
}

using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Tests.Controller;

/// <summary>A metadata group whose log is one list in memory, with a leader that a test appoints.</summary>
internal sealed class MetadataGroupFake
{
    private readonly List<Member> _members = [];
    private long _index;

    public ClusterImage Image { get; private set; } = ClusterImage.Empty;

    public MetadataLeadership Leadership { get; private set; } = MetadataLeadership.None;

    /// <summary>What the next proposal is answered with although it is (or is not) committed.</summary>
    public (ProposeStatus Status, bool Commits)? NextOutcome { get; set; }

    public IMetadataLog Join(BrokerId broker)
    {
        var member = new Member(this, broker);
        _members.Add(member);
        return member;
    }

    public void Lead(BrokerId leader)
    {
        Leadership = new MetadataLeadership(leader, Leadership.Term + 1);
        foreach (Member member in _members)
            member.Subscriber?.LeadershipChanged(Leadership);
    }

    public void Commit(params MetadataRecord[] records)
    {
        Image = Image.Apply(records, ++_index);
        foreach (Member member in _members)
            member.Subscriber?.Applied(Image, records);
    }

    private ProposeOutcome Propose(BrokerId from, long term, IReadOnlyList<MetadataRecord> records)
    {
        if (Leadership != new MetadataLeadership(from, term))
            return ProposeOutcome.NotLeader(Leadership.Leader);

        (ProposeStatus Status, bool Commits)? planned = NextOutcome;
        NextOutcome = null;
        if (planned is null or { Commits: true })
            Commit([.. records]);
        return planned is { } outcome
            ? new ProposeOutcome(outcome.Status, 0, BrokerId.None)
            : ProposeOutcome.Committed(_index);
    }

    private sealed class Member(MetadataGroupFake group, BrokerId broker) : IMetadataLog
    {
        public IMetadataSubscriber? Subscriber { get; private set; }

        public MetadataLeadership Leadership => group.Leadership;

        public ClusterImage Image => group.Image;

        public ValueTask<ProposeOutcome> ProposeAsync(
            long term, IReadOnlyList<MetadataRecord> records, CancellationToken cancellation) =>
            new(group.Propose(broker, term, records));

        public ValueTask BarrierAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask ResignAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public void Subscribe(IMetadataSubscriber subscriber)
        {
            Subscriber = subscriber;
            subscriber.Loaded(group.Image);
            subscriber.LeadershipChanged(group.Leadership);
        }
    }
}

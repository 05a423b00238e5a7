using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Tests.Handlers;

/// <summary>Voters 1 to 3, of which 3 does not answer, and 4 that follows. Changes end as they are told to.</summary>
internal sealed class FakeVoters : IMetadataVoters
{
    public IReadOnlyCollection<BrokerId> Voters => [new(1), new(2), new(3)];

    public VoterOutcome Outcome { get; set; } = VoterOutcome.Done;

    public List<string> Asked { get; } = [];

    public ValueTask<QuorumDescription> DescribeAsync(CancellationToken cancellation) => new(new QuorumDescription(
        new MetadataLeadership(new BrokerId(2), 7),
        100,
        [
            new QuorumMember(new BrokerId(1), true, true, 99, IncarnationOf(1)),
            new QuorumMember(new BrokerId(2), true, true, 100, IncarnationOf(2)),
            new QuorumMember(new BrokerId(3), true, false, -1, default),
            new QuorumMember(new BrokerId(4), false, false, 98, IncarnationOf(4)),
        ]));

    public ValueTask<VoterOutcome> AddAsync(BrokerId broker, TimeSpan patience, CancellationToken cancellation) =>
        Note($"add {broker} in {patience.TotalSeconds}");

    public ValueTask<VoterOutcome> RemoveAsync(BrokerId broker, TimeSpan patience, CancellationToken cancellation) =>
        Note($"remove {broker}");

    public static Incarnation IncarnationOf(int broker) => new(new Guid(broker, 0, 0, new byte[8]));

    private ValueTask<VoterOutcome> Note(string asked)
    {
        Asked.Add(asked);
        return new ValueTask<VoterOutcome>(Outcome);
    }
}

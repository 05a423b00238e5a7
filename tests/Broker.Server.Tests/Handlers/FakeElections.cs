using System.Collections.Immutable;
using Broker.Model;
using Broker.Server.Elections;

namespace Broker.Server.Tests.Handlers;

/// <summary>Notes what is asked for, and answers as a test says.</summary>
internal sealed class FakeElections : IElections
{
    public List<PartitionId> Asked { get; } = [];

    public Func<PartitionId, ElectionOutcome> Outcome { get; set; } = _ => ElectionOutcome.Elected;

    public Task<ImmutableArray<ElectionOutcome>> ElectPreferredAsync(
        ImmutableArray<PartitionId> partitions, TimeSpan timeout, CancellationToken cancellation)
    {
        Asked.AddRange(partitions);
        return Task.FromResult<ImmutableArray<ElectionOutcome>>([.. partitions.Select(Outcome)]);
    }
}

using Broker.Metadata;
using Broker.Model;

namespace Broker.Simulation.Metadata;

/// <summary>What a leader has written and nobody has committed yet.</summary>
/// <param name="Settled">
/// Told the index, and whether it changed anything, if its term lives to see it committed.
/// </param>
internal sealed record MetadataProposal(
    BrokerId By, long Term, IReadOnlyList<MetadataRecord> Records, Action<long, bool> Settled)
{
    public override string ToString() =>
        $"{string.Join(", ", Records.Select(record => record.GetType().Name))} of broker {By}, term {Term},";
}

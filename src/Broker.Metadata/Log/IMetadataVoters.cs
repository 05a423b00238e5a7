using Broker.Model;

namespace Broker.Metadata;

/// <summary>
/// The voters of the metadata group and how they are changed, one at a time. Any thread and any broker may call: what
/// the metadata leader has to do is asked of it, and of the next one where leadership moves meanwhile.
/// </summary>
public interface IMetadataVoters
{
    /// <summary>Who votes, as far as this broker knows: as configured until it has heard of the group.</summary>
    IReadOnlyCollection<BrokerId> Voters { get; }

    /// <summary>Who votes, who follows, and how far each is. Who does not answer soon is told of as such.</summary>
    ValueTask<QuorumDescription> DescribeAsync(CancellationToken cancellation);

    /// <summary>
    /// Makes a running broker a voter, after its log has caught up. The end of patience leaves the outcome open
    /// (<see cref="VoterStatus.Unknown"/>), as cancelling does; a refusal leaves everything as it was.
    /// </summary>
    ValueTask<VoterOutcome> AddAsync(BrokerId broker, TimeSpan patience, CancellationToken cancellation);

    /// <summary>Takes a broker's vote, whether it runs or not. Patience and refusals as with adding.</summary>
    ValueTask<VoterOutcome> RemoveAsync(BrokerId broker, TimeSpan patience, CancellationToken cancellation);
}

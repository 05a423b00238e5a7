using Broker.Model;

namespace Broker.Server.Partitions;

/// <summary>Where a client wants to read on.</summary>
/// <param name="CurrentEpoch">The leader epoch that the client knows; -1: not checked.</param>
/// <param name="LastFetchedEpoch">The epoch of the last record that it has; -1: not checked.</param>
/// <param name="ReadCommitted">Stop at the first open transaction.</param>
public readonly record struct FetchPosition(
    Offset Offset, Term CurrentEpoch, Term LastFetchedEpoch, bool ReadCommitted);

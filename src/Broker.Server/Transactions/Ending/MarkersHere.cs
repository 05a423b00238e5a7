using System.Collections.Immutable;
using Broker.Replication;
using Broker.Server.Partitions;
using Broker.Server.Partitions.Transactions;

namespace Broker.Server.Transactions.Ending;

/// <summary>Writes the markers of partitions that this broker leads. Any thread.</summary>
internal sealed class MarkersHere(HostedPartitions partitions, TimeProvider time)
{
    // The caller asks again before it gives up.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>One outcome for each.</summary>
    public async Task<ImmutableArray<EndOutcome>> WriteAsync(ImmutableArray<MarkerWish> wishes)
    {
        var outcomes = new EndOutcome[wishes.Length];
        await Waiting.AllAsync(Enumerable.Range(0, wishes.Length).Select(
            async i => outcomes[i] = await WriteAsync(wishes[i])));
        return [.. outcomes];
    }

    private async Task<EndOutcome> WriteAsync(MarkerWish wish)
    {
        if (partitions.Find(wish.Partition) is not { } partition)
            return EndOutcome.NotLeader;

        Task<EndOutcome> end = partition.EndTransactionAsync(wish.ToEnd());
        return await end.WithinAsync(Patience, time, CancellationToken.None) ? await end : EndOutcome.Unknown;
    }
}

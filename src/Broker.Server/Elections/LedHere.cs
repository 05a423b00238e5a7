using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Replication;

namespace Broker.Server.Elections;

/// <summary>Hands over what this broker leads, at somebody's wish.</summary>
/// <param name="find">This broker's replica; null if it has none.</param>
internal sealed class LedHere(Func<PartitionId, Replica?> find)
{
    // No proposal is taken while a leadership moves: not all at once.
    private const int AtOnce = 64;

    public async Task<ImmutableArray<ElectionOutcome>> GiveAsync(
        ImmutableArray<Handover> wishes, CancellationToken cancellation)
    {
        var outcomes = new ElectionOutcome[wishes.Length];
        foreach (int[] some in Enumerable.Range(0, wishes.Length).Chunk(AtOnce))
            await Waiting.AllAsync(some.Select(async i => outcomes[i] = await GiveAsync(wishes[i], cancellation)));
        return [.. outcomes];
    }

    private async Task<ElectionOutcome> GiveAsync(Handover wish, CancellationToken cancellation)
    {
        if (find(wish.Partition) is not { Status.IsLeader: true } replica)
            return ElectionOutcome.NotLeader;

        return await replica.TransferLeadershipAsync(wish.To, cancellation)
            ? ElectionOutcome.Elected
            : ElectionOutcome.PreferredNotAvailable;
    }
}

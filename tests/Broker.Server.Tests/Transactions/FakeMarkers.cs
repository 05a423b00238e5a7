using System.Collections.Immutable;
using Broker.Model;
using Broker.Server.Partitions.Transactions;
using Broker.Server.Transactions.Ending;

namespace Broker.Server.Tests.Transactions;

/// <summary>Leaders that answer markers when the test says so, and as it says.</summary>
internal sealed class FakeMarkers : IMarkerTransport
{
    private readonly Queue<TaskCompletionSource<ImmutableArray<EndOutcome>?>> _calls = new();

    public List<MarkerWish> Wishes { get; } = [];

    public int Waiting => _calls.Count;

    /// <summary>Answers the oldest call; null: it was lost.</summary>
    public void Answer(params EndOutcome[]? outcomes) =>
        _calls.Dequeue().SetResult(outcomes is null ? null : [.. outcomes]);

    public async ValueTask<ImmutableArray<EndOutcome>?> CallAsync(
        BrokerId leader, ImmutableArray<MarkerWish> wishes, TimeSpan patience, CancellationToken cancellation)
    {
        var call = new TaskCompletionSource<ImmutableArray<EndOutcome>?>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_calls)
        {
            Wishes.AddRange(wishes);
            _calls.Enqueue(call);
        }

        return await call.Task;
    }
}

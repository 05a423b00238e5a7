using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;

namespace Broker.MetadataQuorum;

/// <summary>A leader's entries from the one on that was reached: it was moved to and not read.</summary>
internal sealed class RemainingEntries<TEntry>(ILogEntryProducer<TEntry> entries) : ILogEntryProducer<TEntry>
    where TEntry : IRaftLogEntry
{
    private bool _begun;

    public long RemainingCount => entries.RemainingCount + (_begun ? 0 : 1);

    public TEntry Current => entries.Current;

    public ValueTask<bool> MoveNextAsync()
    {
        if (_begun)
        {
            return entries.MoveNextAsync();
        }

        _begun = true;
        return new ValueTask<bool>(true);
    }

    // The entries are their maker's to dispose.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

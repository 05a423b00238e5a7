using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;

namespace Broker.MetadataQuorum;

/// <summary>
/// A leader's entries from the one on that was reached (moved to and not read), in sections: each ends before the next
/// configuration, so that something can be done before that one is appended.
/// </summary>
internal sealed class RemainingEntries<TEntry>(ILogEntryProducer<TEntry> entries) : ILogEntryProducer<TEntry>
    where TEntry : IRaftLogEntry
{
    private bool _reached = true;

    /// <summary>How many were given out.</summary>
    public long Given { get; private set; }

    /// <summary>All were given out.</summary>
    public bool Ended { get; private set; }

    /// <summary>The section that comes begins with a configuration.</summary>
    public bool AtConfiguration => _reached && entries.Current.IsConfiguration;

    public long RemainingCount => entries.RemainingCount + (_reached ? 1 : 0);

    public TEntry Current => entries.Current;

    public async ValueTask<bool> MoveNextAsync()
    {
        if (!_reached)
        {
            Ended = !await entries.MoveNextAsync();
            if (Ended)
            {
                return false;
            }

            _reached = true;
            if (entries.Current.IsConfiguration)
            {
                return false;
            }
        }

        _reached = false;
        Given++;
        return true;
    }

    // The entries are their maker's to dispose.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

using Broker.Server.Network;
using Broker.Server.Partitions;

namespace Broker.Server.Handlers.Fetching;

/// <summary>A fetch that waits for records: woken by any of its partitions, and over at its deadline.</summary>
internal sealed class FetchWait : PartitionWaiter
{
    private readonly Wake _wake = new();
    private readonly Limit _limit;
    private bool _isOver;

    public FetchWait() => _limit = new Limit(this);

    public Deadline Deadline => _limit;

    public bool IsOver => Volatile.Read(ref _isOver);

    public ValueTask WaitAsync() => _wake.WaitAsync();

    public override void Wake() => _wake.Set();

    /// <summary>No more waiting: the time is up, or the client is gone.</summary>
    public void End()
    {
        Volatile.Write(ref _isOver, true);
        _wake.Set();
    }

    private sealed class Limit(FetchWait wait) : Deadline
    {
        protected internal override void Expired() => wait.End();
    }
}

namespace Broker.Replication;

/// <summary>Loops on real threads: the only place in this room that knows the thread pool or makes a thread.</summary>
public sealed class ThreadScheduler : IScheduler
{
    public ILoop CreateLoop(string name, LoopKind kind, Action round) => kind switch
    {
        LoopKind.Pool => new PoolLoop(round),
        LoopKind.Disk => new DiskLoop(name, round),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of loop."),
    };
}

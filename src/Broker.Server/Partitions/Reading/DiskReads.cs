using System.Collections.Concurrent;
using Broker.Replication;

namespace Broker.Server.Partitions.Reading;

/// <summary>
/// Reads that the tail cache can't answer go to a few loops of their own. A read from a cold disk takes milliseconds,
/// and
/// the thread pool has as many threads as cores: two slow readers would stop every other request. What is in memory
/// never
/// comes here.
/// </summary>
internal sealed class DiskReads : IDisposable
{
    private readonly ConcurrentQueue<Read> _waiting = new();
    private readonly ILoop[] _loops;
    private int _next;

    public DiskReads(IScheduler scheduler, int loops)
    {
        _loops = new ILoop[loops];
        for (int i = 0; i < loops; i++)
            _loops[i] = scheduler.CreateLoop("disk-read-" + i, LoopKind.Disk, ReadAll);
    }

    /// <summary>Runs <paramref name="read"/> on one of the loops; it may block. Its bound is the requests in
    /// flight.</summary>
    public Task<T> RunAsync<T>(Func<T> read)
    {
        var job = new Read<T>(read);
        _waiting.Enqueue(job);
        _loops[(uint)Interlocked.Increment(ref _next) % _loops.Length].Signal();
        return job.Task;
    }

    public void Dispose()
    {
        foreach (ILoop loop in _loops)
            loop.Dispose();
        while (_waiting.TryDequeue(out Read? read))
            read.Refuse();
    }

    private void ReadAll()
    {
        while (_waiting.TryDequeue(out Read? read))
            read.Run();
    }

    private abstract class Read
    {
        public abstract void Run();

        public abstract void Refuse();
    }

    private sealed class Read<T>(Func<T> read) : Read
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Task => _done.Task;

        public override void Run()
        {
            try
            {
                _done.SetResult(read());
            }
            catch (Exception failure)
            {
                _done.SetException(failure);
            }
        }

        public override void Refuse() => _done.SetCanceled();
    }
}

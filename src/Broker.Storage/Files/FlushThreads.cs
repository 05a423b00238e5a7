namespace Broker.Storage;

/// <summary>
/// Flushes several files side by side: a disk that has many flushes in its queue serves them together. The caller works
/// along. One list at a time; a second caller flushes its own alone meanwhile.
/// </summary>
internal sealed class FlushThreads : IDisposable
{
    private readonly Lock _turn = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly SemaphoreSlim _finished = new(0);
    private readonly int _count;
    private Thread[] _threads = [];
    private IReadOnlyList<IFile> _files = [];
    private int _next;
    private Exception? _failure;
    private volatile bool _stopping;

    public FlushThreads(int count) => _count = count;

    public void Flush(IReadOnlyList<IFile> files)
    {
        if (!_turn.TryEnter())
        {
            foreach (IFile file in files)
                file.Flush();
            return;
        }

        try
        {
            int workers = Math.Min(_count, files.Count - 1);
            EnsureStarted();
            _files = files;
            _next = 0;
            _failure = null;
            _wake.Release(workers);
            FlushSome();
            for (int i = 0; i < workers; i++)
                _finished.Wait();
            _files = [];
            if (_failure is FlushFailedException failure)
                throw new FlushFailedException(failure.Message, failure);
            if (_failure is not null)
                throw new StorageException(_failure.Message, _failure);
        }
        finally
        {
            _turn.Exit();
        }
    }

    public void Dispose()
    {
        _stopping = true;
        if (_threads.Length > 0)
            _wake.Release(_threads.Length);
        foreach (Thread thread in _threads)
            thread.Join();
        _wake.Dispose();
        _finished.Dispose();
    }

    private void EnsureStarted()
    {
        if (_threads.Length > 0)
            return;
        _threads = new Thread[_count];
        for (int i = 0; i < _count; i++)
        {
            _threads[i] = new Thread(Run) { IsBackground = true, Name = $"flush-{i}" };
            _threads[i].Start();
        }
    }

    private void Run()
    {
        while (true)
        {
            _wake.Wait();
            if (_stopping)
                return;
            FlushSome();
            _finished.Release();
        }
    }

    private void FlushSome()
    {
        try
        {
            int index;
            while ((index = Interlocked.Increment(ref _next) - 1) < _files.Count)
                _files[index].Flush();
        }
        catch (Exception failure)
        {
            Interlocked.CompareExchange(ref _failure, failure, null);
        }
    }
}

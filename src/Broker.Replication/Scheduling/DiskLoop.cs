namespace Broker.Replication;

/// <summary>A loop with a background thread of its own, for rounds that block on files.</summary>
internal sealed class DiskLoop : ILoop
{
    private readonly Action _round;
    private readonly object _gate = new();
    private bool _signalled;
    private bool _disposed;

    public DiskLoop(string name, Action round)
    {
        _round = round;
        new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    public void Signal()
    {
        lock (_gate)
        {
            if (_signalled)
                return;

            _signalled = true;
            Monitor.Pulse(_gate);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (true)
        {
            lock (_gate)
            {
                while (!_signalled && !_disposed)
                    Monitor.Wait(_gate);

                if (_disposed)
                    return;

                _signalled = false;
            }

            _round();
        }
    }
}

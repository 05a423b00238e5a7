using Broker.Replication;

namespace Broker.Simulation.Time;

/// <summary>
/// Loops as events. Rounds begin a little after they were asked for; a disk round waits in its flushes and writes while
/// all others go on (<see cref="EventQueue.WaitForDisk"/>).
/// </summary>
public sealed class SimulatedScheduler(EventQueue queue, Life life) : IScheduler
{
    private const int LongestDelay = 500;

    public ILoop CreateLoop(string name, LoopKind kind, Action round) => new Loop(queue, life, (name, kind), round);

    private sealed class Loop(EventQueue queue, Life life, (string Name, LoopKind Kind) made, Action round) : ILoop
    {
        private bool _isQueued;
        private bool _isRunning;
        private bool _isWanted;
        private bool _isDisposed;

        public void Signal()
        {
            if (_isDisposed || _isQueued)
                return;

            if (_isRunning)
                _isWanted = true;
            else
                Queue();
        }

        public void Dispose() => _isDisposed = true;

        private void Queue()
        {
            _isQueued = true;
            queue.After(queue.Draw(1, LongestDelay), life, made.Name, Run);
        }

        private void Run()
        {
            if (_isDisposed || (made.Kind == LoopKind.Disk && !life.TryTakeDisk(Queue)))
                return;

            _isQueued = false;
            _isRunning = true;
            try
            {
                if (made.Kind == LoopKind.Disk)
                    queue.AsDiskRound(life, round);
                else
                    round();
            }
            finally
            {
                _isRunning = false;
                if (made.Kind == LoopKind.Disk)
                    life.GiveDiskBack();
            }

            if (!_isWanted)
                return;

            _isWanted = false;
            Queue();
        }
    }
}

namespace Broker.Client.Producing;

/// <summary>
/// The bytes that may wait for their acknowledgement. Whoever asks for more waits in line; a record larger than the
/// whole budget goes when nothing else is held.
/// </summary>
internal sealed class BufferBudget(long limit)
{
    private readonly Queue<(long Bytes, TaskCompletionSource Granted)> _line = new();
    private long _held;

    public async ValueTask ReserveAsync(long bytes, CancellationToken token)
    {
        TaskCompletionSource granted;
        lock (_line)
        {
            if (_line.Count == 0 && Fits(bytes))
            {
                _held += bytes;
                return;
            }

            granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _line.Enqueue((bytes, granted));
        }

        using CancellationTokenRegistration registration = token.UnsafeRegister(
            _ => granted.TrySetCanceled(token),
            null
        );
        await granted.Task.ConfigureAwait(false);
    }

    public void Release(long bytes)
    {
        lock (_line)
        {
            _held -= bytes;
            while (_line.TryPeek(out var next) && Fits(next.Bytes))
            {
                _line.Dequeue();
                if (next.Granted.TrySetResult())
                {
                    _held += next.Bytes;
                }
            }
        }
    }

    private bool Fits(long bytes) => _held == 0 || _held + bytes <= limit;
}

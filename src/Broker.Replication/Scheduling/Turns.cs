namespace Broker.Replication;

/// <summary>
/// Lets so many in at a time, the others in the order in which they came; each goes on where it waited. (SemaphoreSlim
/// goes on in the thread pool where a token may end the wait.)
/// </summary>
public sealed class Turns(int places)
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _free = places;

    /// <exception cref="OperationCanceledException">It had no turn by then; there is nothing to leave.</exception>
    public async Task EnterAsync(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return;
            }

            _waiting.Enqueue(turn);
        }

        using (token.UnsafeRegister(
            static (waiting, over) => ((TaskCompletionSource)waiting!).TrySetCanceled(over), turn))
        {
            await turn.Task;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            while (_waiting.TryDequeue(out TaskCompletionSource? next))
            {
                if (next.TrySetResult())
                    return;
            }

            _free++;
        }
    }
}

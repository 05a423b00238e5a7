using System.Runtime.ExceptionServices;

namespace Broker.Replication;

/// <summary>
/// Waits for a task or something else, or for several tasks. The framework's WaitAsync, WhenAny and WhenAll go on in
/// the thread pool when what they wait for was completed asynchronously; these go on where the awaiting code runs, as
/// every plain await does, and so keep a simulated broker on its one thread.
/// </summary>
public static class Waiting
{
    /// <summary>Ends with the task, or when the token says that it is enough.</summary>
    /// <exception cref="OperationCanceledException">The task had not ended by then; it goes on.</exception>
    public static async Task OrCancelledAsync(this Task task, CancellationToken token)
    {
        if (token.CanBeCanceled && !task.IsCompleted)
        {
            TaskCompletionSource<Task> first = NewRace();
            using (token.UnsafeRegister(static over => ((TaskCompletionSource<Task>)over!).TrySetResult(null!), first))
            {
                _ = EnterAsync(task, first);
                await first.Task;
            }

            if (!task.IsCompleted)
                token.ThrowIfCancellationRequested();
        }

        await task;
    }

    /// <inheritdoc cref="OrCancelledAsync(Task, CancellationToken)"/>
    public static async Task<T> OrCancelledAsync<T>(this Task<T> task, CancellationToken token)
    {
        await OrCancelledAsync((Task)task, token);
        return await task;
    }

    /// <summary>False: the task did not end within this time.</summary>
    /// <exception cref="OperationCanceledException">The token said that it is enough.</exception>
    public static async Task<bool> WithinAsync(
        this Task task, TimeSpan patience, TimeProvider time, CancellationToken token)
    {
        using var expiry = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, token);
        try
        {
            await task.OrCancelledAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (expiry.IsCancellationRequested && !token.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>The first that ends, however it does.</summary>
    public static async Task<Task> FirstAsync(params Task[] tasks)
    {
        TaskCompletionSource<Task> first = NewRace();
        foreach (Task task in tasks)
            _ = EnterAsync(task, first);
        return await first.Task;
    }

    /// <summary>Ends when all have; throws what the first in the list threw.</summary>
    public static async Task AllAsync(IEnumerable<Task> tasks)
    {
        ExceptionDispatchInfo? failure = null;
        foreach (Task task in tasks.ToArray())
        {
            try
            {
                await task;
            }
            catch (Exception thrown)
            {
                failure ??= ExceptionDispatchInfo.Capture(thrown);
            }
        }

        failure?.Throw();
    }

    private static TaskCompletionSource<Task> NewRace() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static async Task EnterAsync(Task task, TaskCompletionSource<Task> first)
    {
        try
        {
            await task;
        }
        catch (Exception)
        {
            // Told to whoever awaits the task itself.
        }

        first.TrySetResult(task);
    }
}

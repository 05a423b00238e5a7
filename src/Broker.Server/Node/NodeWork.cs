using Broker.Replication;

namespace Broker.Server.Node;

/// <summary>
/// What runs beside each other as long as a broker does. None of it ends by itself: one that does, or throws, ends the
/// broker.
/// </summary>
internal sealed class NodeWork : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _running = [];
    private readonly TaskCompletionSource<Exception> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(Func<CancellationToken, Task> work)
    {
        Task running = WatchAsync(work);
        lock (_running)
            _running.Add(running);
    }

    /// <summary>Null when told to stop; otherwise what ended the broker.</summary>
    public async Task<Exception?> UntilAsync(Task starting, Task<Exception> fatal, CancellationToken stop)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = stop.Register(() => told.TrySetResult());
        Task first = await Waiting.FirstAsync(starting, fatal, _ended.Task, told.Task);
        if (first == starting && starting.IsCompletedSuccessfully)
            first = await Waiting.FirstAsync(fatal, _ended.Task, told.Task);

        if (first == fatal)
            return await fatal;
        if (first == _ended.Task)
            return await _ended.Task;
        return first == starting && !stop.IsCancellationRequested ? starting.Exception?.InnerException : null;
    }

    /// <summary>Ends all and waits for it.</summary>
    public async Task StopAsync()
    {
        _stopping.Cancel();
        Task[] running;
        lock (_running)
            running = [.. _running];
        await Waiting.AllAsync(running);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task WatchAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_stopping.Token);
            if (!_stopping.IsCancellationRequested)
                _ended.TrySetResult(new InvalidOperationException("A part of the broker ended by itself."));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // As it was told.
        }
        catch (Exception failure)
        {
            _ended.TrySetResult(failure);
        }
    }
}

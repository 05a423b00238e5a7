using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Broker.Replication.Tests.Scheduling;

public sealed class WaitingTests
{
    [Fact]
    public void A_task_that_ends_is_awaited_on_the_one_thread() => OneThread.Run(async () =>
    {
        using var never = new CancellationTokenSource();
        TaskCompletionSource<int> source = NewSource();
        Task<int> waiting = source.Task.OrCancelledAsync(never.Token);
        source.SetResult(7);

        Assert.Equal(7, await waiting);
    });

    [Fact]
    public void A_token_ends_the_wait_and_not_the_task() => OneThread.Run(async () =>
    {
        using var enough = new CancellationTokenSource();
        TaskCompletionSource<int> source = NewSource();
        Task<int> waiting = source.Task.OrCancelledAsync(enough.Token);
        enough.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        source.SetResult(7);
        Assert.Equal(7, await source.Task.OrCancelledAsync(enough.Token));
    });

    [Fact]
    public void A_failure_of_the_task_is_thrown() => OneThread.Run(async () =>
    {
        using var never = new CancellationTokenSource();
        TaskCompletionSource<int> source = NewSource();
        Task<int> waiting = source.Task.OrCancelledAsync(never.Token);
        source.SetException(new IOException("broken"));

        await Assert.ThrowsAsync<IOException>(() => waiting);
    });

    [Fact]
    public void Patience_ends_by_the_clock_that_was_given() => OneThread.Run(async () =>
    {
        var time = new FakeTimeProvider();
        TaskCompletionSource<int> source = NewSource();
        Task<bool> waiting = source.Task.WithinAsync(TimeSpan.FromSeconds(1), time, CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.False(await waiting);
        source.SetResult(1);
        Assert.True(await source.Task.WithinAsync(TimeSpan.FromSeconds(1), time, CancellationToken.None));
    });

    [Fact]
    public void Being_cancelled_is_not_being_late() => OneThread.Run(async () =>
    {
        using var enough = new CancellationTokenSource();
        Task<bool> waiting = NewSource().Task.WithinAsync(
            Timeout.InfiniteTimeSpan, new FakeTimeProvider(), enough.Token);
        enough.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    });

    [Fact]
    public void The_first_that_ends_is_told_even_if_it_failed() => OneThread.Run(async () =>
    {
        (TaskCompletionSource<int> left, TaskCompletionSource<int> right) = (NewSource(), NewSource());
        Task<Task> waiting = Waiting.FirstAsync(left.Task, right.Task);
        right.SetException(new IOException("broken"));

        Assert.Same(right.Task, await waiting);
        left.SetResult(1);
    });

    [Fact]
    public void All_are_waited_for_though_one_failed() => OneThread.Run(async () =>
    {
        (TaskCompletionSource<int> left, TaskCompletionSource<int> right) = (NewSource(), NewSource());
        Task waiting = Waiting.AllAsync([left.Task, right.Task]);
        left.SetException(new IOException("broken"));
        await Task.Yield();
        Assert.False(waiting.IsCompleted);
        right.SetResult(1);

        await Assert.ThrowsAsync<IOException>(() => waiting);
    });

    private static TaskCompletionSource<int> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

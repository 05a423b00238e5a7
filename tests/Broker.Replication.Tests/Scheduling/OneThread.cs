using System.Collections.Concurrent;
using Xunit;

namespace Broker.Replication.Tests.Scheduling;

/// <summary>Runs async code on the calling thread, as the simulator does; no continuation may come from elsewhere.
/// </summary>
internal sealed class OneThread : SynchronizationContext
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly BlockingCollection<Action> _due = [];
    private int _strangers;

    public static void Run(Func<Task> code)
    {
        SynchronizationContext? before = Current;
        var context = new OneThread();
        SetSynchronizationContext(context);
        try
        {
            context.Drain(code());
        }
        finally
        {
            SetSynchronizationContext(before);
        }

        Assert.Equal(0, context._strangers);
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            Interlocked.Increment(ref _strangers);
        _due.Add(() => d(state));
    }

    public override SynchronizationContext CreateCopy() => this;

    private void Drain(Task task)
    {
        while (!task.IsCompleted)
        {
            Assert.True(_due.TryTake(out Action? next, TimeSpan.FromSeconds(10)), "nothing goes on any more");
            next();
        }

        task.GetAwaiter().GetResult();
    }
}

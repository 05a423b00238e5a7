using Xunit;

namespace Broker.Replication.Tests.Scheduling;

public sealed class TurnsTests
{
    [Fact]
    public void Turns_are_taken_in_the_order_of_arrival() => OneThread.Run(async () =>
    {
        using var never = new CancellationTokenSource();
        var turns = new Turns(1);
        await turns.EnterAsync(never.Token);
        List<int> order = [];
        Task[] waiting = [TakeAsync(1), TakeAsync(2), TakeAsync(3)];
        turns.Leave();
        await Waiting.AllAsync(waiting);

        Assert.Equal([1, 2, 3], order);

        async Task TakeAsync(int number)
        {
            await turns.EnterAsync(never.Token);
            order.Add(number);
            turns.Leave();
        }
    });

    [Fact]
    public void Whoever_gave_up_is_passed_over() => OneThread.Run(async () =>
    {
        using var enough = new CancellationTokenSource();
        var turns = new Turns(1);
        await turns.EnterAsync(CancellationToken.None);
        Task gaveUp = turns.EnterAsync(enough.Token);
        Task patient = turns.EnterAsync(CancellationToken.None);
        enough.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gaveUp);
        turns.Leave();

        await patient;
        Assert.False(turns.EnterAsync(CancellationToken.None).IsCompleted);
    });

    [Fact]
    public void As_many_are_in_as_there_are_places() => OneThread.Run(async () =>
    {
        var turns = new Turns(2);
        await turns.EnterAsync(CancellationToken.None);
        await turns.EnterAsync(CancellationToken.None);
        Task third = turns.EnterAsync(CancellationToken.None);
        Assert.False(third.IsCompleted);
        turns.Leave();

        await third;
    });
}

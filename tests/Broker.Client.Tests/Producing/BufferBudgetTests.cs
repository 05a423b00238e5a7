using Broker.Client.Producing;
using Xunit;

namespace Broker.Client.Tests.Producing;

public sealed class BufferBudgetTests
{
    private readonly BufferBudget _budget = new(100);

    [Fact]
    public async Task Whoever_does_not_fit_waits_until_there_is_room()
    {
        await _budget.ReserveAsync(80, CancellationToken.None);
        ValueTask second = _budget.ReserveAsync(30, CancellationToken.None);
        Assert.False(second.IsCompleted);

        _budget.Release(80);

        await second;
    }

    [Fact]
    public async Task A_small_one_does_not_overtake_a_large_one()
    {
        await _budget.ReserveAsync(60, CancellationToken.None);
        Task large = _budget.ReserveAsync(90, CancellationToken.None).AsTask();
        Task small = _budget.ReserveAsync(5, CancellationToken.None).AsTask();
        Assert.False(small.IsCompleted);

        _budget.Release(60);

        await Task.WhenAll(large, small);
    }

    [Fact]
    public async Task One_larger_than_the_budget_goes_alone()
    {
        await _budget.ReserveAsync(1000, CancellationToken.None);
        ValueTask next = _budget.ReserveAsync(1, CancellationToken.None);
        Assert.False(next.IsCompleted);

        _budget.Release(1000);

        await next;
    }

    [Fact]
    public async Task Who_gives_up_waiting_holds_nothing()
    {
        await _budget.ReserveAsync(100, CancellationToken.None);
        using CancellationTokenSource impatient = new();
        Task waiting = _budget.ReserveAsync(100, impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        _budget.Release(100);

        await _budget.ReserveAsync(100, CancellationToken.None);
    }
}

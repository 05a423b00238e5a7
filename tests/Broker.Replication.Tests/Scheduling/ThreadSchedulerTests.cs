using Xunit;

namespace Broker.Replication.Tests.Scheduling;

public sealed class ThreadSchedulerTests
{
    [Theory]
    [InlineData(LoopKind.Pool)]
    [InlineData(LoopKind.Disk)]
    public async Task Every_signal_is_followed_by_a_round_and_rounds_never_overlap(LoopKind kind)
    {
        const int Threads = 4;
        const int Signals = 50_000;
        long written = 0;
        long seen = 0;
        int inside = 0;
        int overlaps = 0;
        using ILoop loop = new ThreadScheduler().CreateLoop("test", kind, () =>
        {
            if (Interlocked.Increment(ref inside) != 1)
                Interlocked.Increment(ref overlaps);
            Volatile.Write(ref seen, Volatile.Read(ref written));
            Interlocked.Decrement(ref inside);
        });

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < Signals; i++)
            {
                Interlocked.Increment(ref written);
                loop.Signal();
            }
        })));

        await Eventually.BecomesTrue(() => Volatile.Read(ref seen) == Threads * Signals);
        Assert.Equal(0, Volatile.Read(ref overlaps));
    }
}

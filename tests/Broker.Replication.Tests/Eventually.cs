using System.Runtime.CompilerServices;
using Xunit;

namespace Broker.Replication.Tests;

/// <summary>Waits for a condition with a deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static async Task BecomesTrue(
        Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        long begun = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(begun) > Deadline)
                Assert.Fail($"Not within {Deadline.TotalSeconds} s: {what}");

            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}

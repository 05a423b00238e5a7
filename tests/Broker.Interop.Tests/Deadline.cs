using System.Diagnostics;

namespace Broker.Interop.Tests;

/// <summary>Waits for a condition, and says what it waited for when it does not come.</summary>
internal static class Deadline
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    public static async Task UntilAsync(string what, TimeSpan limit, Func<Task<bool>> holds)
    {
        var watch = Stopwatch.StartNew();
        while (!await holds())
        {
            if (watch.Elapsed > limit)
            {
                throw new TimeoutException($"waited {limit.TotalSeconds:0} s in vain for {what}");
            }

            await Task.Delay(Pause);
        }
    }
}

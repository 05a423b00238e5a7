using System.Diagnostics;
using Xunit;

namespace Broker.Simulation.Tests;

/// <summary>A seed is one story: told twice, by two processes, it is the same, event by event.</summary>
public sealed class ReplayTests
{
    [Theory]
    [InlineData("replica")]
    [InlineData("cluster")]
    [InlineData("losses")]
    [InlineData("groups")]
    [InlineData("moves")]
    [InlineData("gone")]
    public async Task Ten_seeds_have_the_same_traces_in_two_processes(string world)
    {
        string[] once = await RunAsync(world);
        string[] again = await RunAsync(world);

        Assert.Equal(10, once.Length);
        Assert.Equal(once, again);
    }

    private static async Task<string[]> RunAsync(string world)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Broker.Simulation.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", program, "--world", world, "1001", "--seeds", "10"])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}

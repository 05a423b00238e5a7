using Broker.Interop.Tests.Clients;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>Short forms of the chaos scripts, run with every change; docs/testing.md says more.</summary>
public sealed class ChaosTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task A_file_comes_back_whole_after_kills_pauses_and_restarts() => Assert.Contains(
        "PASSED",
        await RunAsync("chaos-file", "--records", "60000", "--seconds", "120"),
        StringComparison.Ordinal);

    [Fact]
    public async Task All_brokers_killed_at_once_lose_nothing_that_was_acknowledged() => Assert.Contains(
        "PASSED",
        await RunAsync("kill-all", "--rounds", "2", "--records", "100000"),
        StringComparison.Ordinal);

    private static Task<string> RunAsync(string script, params string[] arguments) =>
        ChildProcess.RunAsync(Path.Combine(Tree.Scripts, script), arguments, "", Limit);
}

using FsCheck.Xunit;
using Xunit;

namespace Broker.MetadataQuorum.Tests;

public sealed class QuorumLogTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("quorum-log-").FullName;

    private string Home => Path.Combine(_root, Path.GetRandomFileName());

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task What_was_appended_is_in_the_log_after_a_crash()
    {
        await using var log = new TestLog(Home);
        await log.BeginTermAsync(1);
        for (int i = 1; i <= 30; i++)
        {
            Assert.Equal(i, await log.LeadAsync(1));
            await using TestLog after = await log.AfterCrashAsync();
            Assert.Equal<long>(await log.TermsAsync(), await after.TermsAsync());
            Assert.Equal(1, after.Term);
        }
    }

    [Fact]
    public async Task An_old_request_that_comes_late_cuts_nothing_off()
    {
        await using var log = new TestLog(Home);
        await log.BeginTermAsync(2);
        await log.FollowAsync(1, 1, 1, 2, 2);
        await log.FollowAsync(2, 1, 2);
        await AssertTermsAsync(log, 1, 1, 2, 2);
        await log.FollowAsync(3, 2, 2, 2);
        await AssertTermsAsync(log, 1, 1, 2, 2, 2);
    }

    [Fact]
    public async Task Entries_of_an_older_leader_give_way_from_the_first_that_differs()
    {
        await using var log = new TestLog(Home);
        await log.BeginTermAsync(1);
        await log.FollowAsync(1, 1, 1, 1, 1, 1);
        await log.CommitAsync(2);
        await log.BeginTermAsync(3);
        await log.FollowAsync(2, 1, 1, 3);
        await AssertTermsAsync(log, 1, 1, 1, 3);
        await using TestLog after = await log.AfterCrashAsync();
        await AssertTermsAsync(after, 1, 1, 1, 3);
        Assert.Equal(2, after.Committed);
    }

    [Fact]
    public async Task A_crash_before_entries_are_overwritten_leaves_none_of_those_behind_them()
    {
        await using var log = new TestLog(Home);
        await log.BeginTermAsync(1);
        await log.FollowAsync(1, 1, 1, 1, 1, 1);
        await log.CommitAsync(2);
        await log.Files.CutAsync(4, 5, 2, TestContext.Current.CancellationToken);
        await using TestLog after = await log.AfterCrashAsync();
        await AssertTermsAsync(after, 1, 1, 1);
        Assert.Equal(2, after.Committed);
    }

    [Fact]
    public async Task An_entry_of_a_term_that_is_over_is_refused()
    {
        await using var log = new TestLog(Home);
        await log.BeginTermAsync(1);
        await log.LeadAsync(1);
        await log.BeginTermAsync(2);
        await Assert.ThrowsAsync<StaleTermException>(() => log.LeadAsync(1));
        Assert.Equal(1, log.Last);
    }

    [Fact]
    public async Task A_configuration_is_in_force_before_the_next_one_is_appended()
    {
        await using var log = new TestLog(Home);
        await log.BeginTermAsync(1);
        await log.FollowConfigurationsAsync(1, [1, 2, 3, 4], []);
        Assert.Equal(0, log.Voters.Roll.Version);

        await log.FollowConfigurationsAsync(3, [], [1, 2, 4], [1, 2, 4, 5], []);
        Assert.Equal(6, log.Last);
        Assert.Equal(0, log.Committed);
        Assert.Equal("1, 2, 4", log.Voters.Roll.ToString());
        Assert.Equal(4, log.Voters.Roll.Version);
    }

    [Property(MaxTest = 25)]
    public void The_log_is_what_a_list_would_be_through_any_crashes((byte What, byte Where, byte Many)[] script) =>
        Task.Run(() => PlayAsync(script)).GetAwaiter().GetResult(); // away from xunit's few threads, which wait here

    private async Task PlayAsync((byte What, byte Where, byte Many)[] script)
    {
        string root = Path.Combine(_root, Path.GetRandomFileName());
        Directory.CreateDirectory(root);
        var log = new TestLog(Path.Combine(root, "log"));
        List<long> model = [];
        long term = 1;
        long committed = 0;
        await log.BeginTermAsync(term);
        foreach ((byte what, byte where, byte many) in script.Take(40))
        {
            long first = committed + 1 + where % (model.Count - committed + 1);
            switch (what % 5)
            {
                case 0:
                    await log.LeadAsync(term);
                    model.Add(term);
                    break;
                case 1:
                    await log.BeginTermAsync(++term);
                    long[] terms = [.. Enumerable.Repeat(term, 1 + many % 6)];
                    await log.FollowAsync(first, terms);
                    model.RemoveRange((int)first - 1, model.Count - (int)first + 1);
                    model.AddRange(terms);
                    break;
                case 2:
                    int count = (int)Math.Min(many % 8, model.Count - first + 1);
                    await log.FollowAsync(first, [.. model.Skip((int)first - 1).Take(count)]);
                    break;
                case 3:
                    committed = Math.Min(model.Count, committed + many % 4);
                    await log.CommitAsync(committed);
                    break;
                default:
                    TestLog after = await log.AfterCrashAsync();
                    await log.DisposeAsync();
                    Directory.Delete(log.Location, recursive: true);
                    log = after;
                    break;
            }

            Assert.Equal<long>(model, await log.TermsAsync());
        }

        await log.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }

    private static async Task AssertTermsAsync(TestLog log, params long[] expected) =>
        Assert.Equal<long>(expected, await log.TermsAsync());
}

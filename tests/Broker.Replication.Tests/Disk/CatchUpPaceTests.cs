using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Broker.Replication.Tests.Disk;

public sealed class CatchUpPaceTests
{
    [Fact]
    public void What_was_spent_is_earned_again_with_time_and_never_more_than_a_burst()
    {
        var time = new FakeTimeProvider();
        var pace = new CatchUpPace(1000, time);
        Assert.Equal(TimeSpan.Zero, pace.Wait);

        pace.Spent(600);
        Assert.True(pace.Wait > TimeSpan.FromMilliseconds(400));
        time.Advance(TimeSpan.FromMilliseconds(510));
        Assert.Equal(TimeSpan.Zero, pace.Wait);

        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.Zero, pace.Wait);
        pace.Spent(101);
        Assert.True(pace.Wait > TimeSpan.Zero);
    }
}

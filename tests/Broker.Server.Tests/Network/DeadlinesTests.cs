using Broker.Server.Network;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Broker.Server.Tests.Network;

public sealed class DeadlinesTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Deadlines _deadlines;
    private readonly List<string> _expired = [];

    public DeadlinesTests() => _deadlines = new Deadlines(_time);

    public void Dispose() => _deadlines.Dispose();

    [Fact]
    public void Each_expires_when_it_is_due_and_in_that_order()
    {
        Add("c", 300);
        Add("a", 100);
        Add("b", 200);
        _time.Advance(TimeSpan.FromMilliseconds(90));
        Assert.Empty(_expired);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(["a"], _expired);
        _time.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal(["a", "b", "c"], _expired);
    }

    [Fact]
    public void What_is_taken_back_does_not_expire()
    {
        Noted early = Add("early", 100);
        Add("late", 200);
        Assert.True(_deadlines.Remove(early));
        Assert.False(_deadlines.Remove(early));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["late"], _expired);
    }

    [Fact]
    public void What_expires_may_add_itself_again()
    {
        Noted again = Add("again", 100);
        again.Then = () => _deadlines.Add(again, _deadlines.After(TimeSpan.FromMilliseconds(100)));
        for (int i = 0; i < 5; i++)
            _time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal(5, _expired.Count);
    }

    [Fact]
    public void The_heap_keeps_its_order_whatever_is_added_and_removed()
    {
        var random = new Random(1);
        var waiting = new List<(Noted Deadline, int Due)>();
        for (int i = 0; i < 1000; i++)
        {
            int due = random.Next(1, 10_000) * 10;
            waiting.Add((Add(due.ToString("D8"), due), due));
            if (random.Next(3) == 0)
            {
                int victim = random.Next(waiting.Count);
                Assert.True(_deadlines.Remove(waiting[victim].Deadline));
                waiting.RemoveAt(victim);
            }
        }

        for (int second = 0; second < 101; second++)
            _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(waiting.Select(each => each.Due).Order().Select(due => due.ToString("D8")), _expired);
    }

    [Fact]
    public void Never_is_later_than_any_time() =>
        Assert.Equal(long.MaxValue, _deadlines.After(TimeSpan.MaxValue));

    private Noted Add(string name, int milliseconds)
    {
        var deadline = new Noted(() => _expired.Add(name));
        _deadlines.Add(deadline, _deadlines.After(TimeSpan.FromMilliseconds(milliseconds)));
        return deadline;
    }

    private sealed class Noted(Action expired) : Deadline
    {
        public Action Then { get; set; } = () => { };

        protected internal override void Expired()
        {
            expired();
            Then();
        }
    }
}

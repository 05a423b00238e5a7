using Broker.Model;
using Broker.Server.Handlers.Fetching;
using Broker.Server.Network.Frames;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Broker.Server.Tests.Handlers.Fetching;

/// <summary>Who keeps a slot, and who gives way.</summary>
public sealed class FetchSessionCacheTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly FakeTimeProvider _time = new();
    private readonly FetchSessionCache _cache;
    private int _lastId;

    public FetchSessionCacheTests() => _cache = new FetchSessionCache(2, Patience, _time, () => ++_lastId);

    [Fact]
    public void A_full_cache_takes_no_more_until_one_was_not_used_for_long_enough()
    {
        (int first, int second) = (Open(1), Open(1));
        _time.Advance(Patience);
        Assert.Equal(0, Open(1));

        Assert.NotNull(_cache.Use(first));
        _time.Advance(TimeSpan.FromSeconds(1));
        int third = Open(1);
        Assert.NotEqual(0, third);
        Assert.Null(_cache.Use(second));
        Assert.NotNull(_cache.Use(first));
        Assert.NotNull(_cache.Use(third));
    }

    [Fact]
    public void A_smaller_session_that_has_had_its_time_gives_way_to_a_larger_one()
    {
        (int larger, int smaller) = (Open(5), Open(3));
        Assert.Equal(0, Open(4));

        _time.Advance(Patience + TimeSpan.FromSeconds(1));
        Assert.NotNull(_cache.Use(smaller));
        Assert.NotNull(_cache.Use(larger));
        Assert.Equal(0, Open(3));
        Assert.NotEqual(0, Open(4));
        Assert.Null(_cache.Use(smaller));
        Assert.NotNull(_cache.Use(larger));
    }

    [Fact]
    public void A_session_that_is_closed_leaves_its_slot_at_once()
    {
        (int first, _) = (Open(1), Open(1));
        _cache.Close(first);
        _cache.Close(first);
        Assert.Null(_cache.Use(first));
        Assert.NotEqual(0, Open(1));
    }

    [Fact]
    public void No_two_sessions_have_one_id()
    {
        int[] drawn = [7, 7, 9];
        int next = 0;
        var cache = new FetchSessionCache(2, Patience, _time, () => drawn[next++]);
        Assert.Equal([7, 9], new[] { cache.Open(RoundOf(1), false), cache.Open(RoundOf(1), false) });
    }

    private int Open(int partitions) => _cache.Open(RoundOf(partitions), byId: false);

    private static FetchRound RoundOf(int partitions)
    {
        var memory = new ResponseMemory(1 << 20);
        var round = new FetchRound(new FetchRoundPool(memory), memory);
        for (int i = 0; i < partitions; i++)
            round.Add().Ask(new FetchKey("t", TopicId.Empty, i), default, 100);
        return round;
    }
}

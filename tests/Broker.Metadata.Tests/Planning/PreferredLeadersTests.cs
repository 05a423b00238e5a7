using System.Collections.Immutable;
using Broker.Model;
using Xunit;

namespace Broker.Metadata.Tests;

public sealed class PreferredLeadersTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly PreferredLeaders _broker3 = new(new BrokerId(3), Patience);
    private ClusterImage _image;
    private TimeSpan _now;

    public PreferredLeadersTests() => _image = Cluster.OfSize(3).Then(new TopicCreated(
        Cluster.Topic(1),
        "t",
        [Cluster.Ids(1, 2, 3), Cluster.Ids(3, 1, 2), Cluster.Ids(1, 3, 2), Cluster.Ids(2, 3, 1), Cluster.Ids(1, 3, 2)],
        ImmutableSortedDictionary<string, string>.Empty));

    [Fact]
    public void A_leadership_goes_back_after_patience_and_what_is_preferred_here_stays()
    {
        Assert.Empty(Decide(Led(0), Led(1)));
        Pass(29);
        Assert.Empty(Decide(Led(0), Led(1)));
        Pass(1);
        Assert.Equal([new Handover(new PartitionId(Cluster.Topic(1), 0), new BrokerId(1))], Decide(Led(0), Led(1)));
    }

    [Fact]
    public void A_preferred_broker_that_has_just_come_back_gets_nothing_yet()
    {
        Decide(Led(0));
        Pass(25);
        _image = _image.Then(Cluster.Broker(1, process: 2));
        Decide(Led(0));
        Pass(29);
        Assert.Empty(Decide(Led(0)));
        Pass(1);
        Assert.Single(Decide(Led(0)));
    }

    [Fact]
    public void Nothing_goes_to_a_broker_that_is_fenced_or_not_in_sync()
    {
        Decide(Led(0), Led(3));
        Pass(30);
        _image = _image.Then(new BrokerFenced(new BrokerId(1), Cluster.Broker(1).Process));
        Assert.Empty(Decide(Led(0), Cluster.Report(1, 3, 5, 3, 1, 3)));
    }

    [Fact]
    public void What_is_led_in_a_new_term_begins_anew()
    {
        Decide(Led(0));
        Pass(29);
        Assert.Empty(Decide(Led(0, term: 6)));
        Pass(29);
        Assert.Empty(Decide(Led(0, term: 6)));
        Pass(1);
        Assert.Single(Decide(Led(0, term: 6)));
    }

    [Fact]
    public void What_was_not_taken_is_offered_again_after_another_patience()
    {
        Decide(Led(0));
        Pass(30);
        Assert.Single(Decide(Led(0)));
        Pass(29);
        Assert.Empty(Decide(Led(0)));
        Pass(1);
        Assert.Single(Decide(Led(0)));
    }

    [Fact]
    public void Brokers_take_turns_and_the_most_is_kept()
    {
        LeadershipReport[] led = [Led(0), Led(2), Led(3), Led(4)];
        Decide(led);
        Pass(30);
        Assert.Equal([0, 3], Decide(2, led));
        Assert.Equal([2, 4], Decide(2, led));
        Assert.Empty(Decide(2, led));
    }

    [Fact]
    public void A_broker_that_is_to_leave_is_given_nothing_that_the_next_in_the_list_can_have()
    {
        _image = _image.Then(new BrokerDraining(new BrokerId(1), true));
        Decide(Led(0));
        Pass(30);
        Assert.Equal(new BrokerId(2), Assert.Single(Decide(Led(0))).To);
    }

    [Fact]
    public void A_broker_that_is_to_leave_gives_away_what_it_leads()
    {
        _image = _image.Then(new BrokerDraining(new BrokerId(3), true));
        Decide(Led(1));
        Pass(30);
        Assert.Equal(new BrokerId(1), Assert.Single(Decide(Led(1))).To);
    }

    [Fact]
    public void Without_anything_that_belongs_elsewhere_there_is_nothing_to_look_at()
    {
        Decide(Led(1));
        Assert.False(_broker3.HasAny);
        Decide(Led(0));
        Assert.True(_broker3.HasAny);
    }

    private static LeadershipReport Led(int partition, int term = 5) => Cluster.Report(1, partition, term, 3, 1, 2, 3);

    private void Pass(int seconds) => _now += TimeSpan.FromSeconds(seconds);

    private IReadOnlyList<Handover> Decide(params LeadershipReport[] led) => _broker3.Decide(_image, led, _now, 100);

    private IEnumerable<int> Decide(int most, LeadershipReport[] led) =>
        _broker3.Decide(_image, led, _now, most).Select(handover => handover.Partition.Index);
}

using Broker.Model;
using Xunit;

namespace Broker.Metadata.Tests;

public sealed class BrokerLivenessTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);
    private static readonly BrokerId Two = new(2);

    private readonly ClusterImage _image = Cluster.OfSize(3);
    private readonly BrokerLiveness _liveness = new(Timeout);

    public BrokerLivenessTests() => _liveness.Restart(_image, TimeSpan.Zero);

    [Fact]
    public void Silence_fences_a_broker_and_its_voice_takes_it_back()
    {
        Hear(1, Timeout / 2);
        Hear(3, Timeout / 2);
        Assert.Empty(_liveness.Decide(_image, Timeout - TimeSpan.FromTicks(1)));
        MetadataRecord record = Assert.Single(_liveness.Decide(_image, Timeout));
        Assert.Equal(new BrokerFenced(Two, _image.Brokers[Two].Process), record);
        ClusterImage fenced = _image.Then(record);
        Assert.Empty(_liveness.Decide(fenced, Timeout));
        Hear(2, Timeout);
        Assert.Equal(
            new BrokerUnfenced(Two, _image.Brokers[Two].Process), Assert.Single(_liveness.Decide(fenced, Timeout)));
    }

    [Fact]
    public void A_process_that_is_gone_is_fenced_at_once()
    {
        _liveness.Gone(Two, _image.Brokers[Two].Process);
        Assert.IsType<BrokerFenced>(Assert.Single(_liveness.Decide(_image, TimeSpan.FromMilliseconds(1))));
    }

    [Fact]
    public void What_a_former_process_did_says_nothing_of_its_successor()
    {
        ClusterImage image = _image.Then(Cluster.Broker(2, process: 9));
        _liveness.Gone(Two, _image.Brokers[Two].Process);
        Assert.DoesNotContain(
            _liveness.Decide(image, TimeSpan.FromSeconds(1)), record => record is BrokerFenced { Broker.Value: 2 });
    }

    [Fact]
    public void A_broker_that_registered_and_was_never_heard_gets_a_whole_timeout()
    {
        ClusterImage image = _image.Then(Cluster.Broker(4));
        Hear(1, Timeout);
        Hear(2, Timeout);
        Hear(3, Timeout);
        Assert.Empty(_liveness.Decide(image, Timeout));
        Hear(1, Timeout * 2);
        Hear(2, Timeout * 2);
        Hear(3, Timeout * 2);
        Assert.IsType<BrokerFenced>(Assert.Single(_liveness.Decide(image, Timeout * 2)));
    }

    [Fact]
    public void A_new_leader_gives_everybody_a_whole_timeout()
    {
        _liveness.Restart(_image, Timeout * 5);
        Assert.Empty(_liveness.Decide(_image, Timeout * 5));
        Assert.Equal(3, _liveness.Decide(_image, Timeout * 6).Count);
    }

    private void Hear(int broker, TimeSpan now) =>
        _liveness.Heard(new BrokerId(broker), _image.Brokers[new BrokerId(broker)].Process, now);
}

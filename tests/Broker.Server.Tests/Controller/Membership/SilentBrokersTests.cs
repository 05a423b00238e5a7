using Broker.Model;
using Broker.Replication;
using Broker.Server.Controller.Membership;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Broker.Server.Tests.Controller.Membership;

public sealed class SilentBrokersTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(6);
    private static readonly BrokerId Other = new(2);
    private static readonly PeerIdentity Peer = new(ClusterId.Empty, Other, default, default);

    private readonly FakeTimeProvider _time = new();
    private readonly SilentBrokers _silent;

    public SilentBrokersTests() => _silent = new SilentBrokers(_time, Limit);

    [Fact]
    public void A_broker_that_was_never_heard_is_silent_after_the_limit()
    {
        _time.Advance(Limit);
        Assert.False(_silent.Contains(Other));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(_silent.Contains(Other));
    }

    [Fact]
    public void A_session_of_any_length_is_no_silence_and_its_end_begins_one()
    {
        IPeerObserver observer = _silent;
        observer.SessionUp(Peer);
        _time.Advance(2 * Limit);
        Assert.False(_silent.Contains(Other));

        observer.SessionDown(Peer);
        _time.Advance(Limit);
        Assert.False(_silent.Contains(Other));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(_silent.Contains(Other));

        observer.SessionUp(Peer);
        Assert.False(_silent.Contains(Other));
    }
}

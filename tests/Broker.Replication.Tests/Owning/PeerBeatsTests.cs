using Broker.Model;
using Xunit;

namespace Broker.Replication.Tests.Owning;

public sealed class PeerBeatsTests
{
    private const int Election = 5;
    private static readonly BrokerId Peer = new(2);

    [Fact]
    public void Silence_is_told_once_when_it_has_lasted_for_an_election_timeout()
    {
        var beats = new PeerBeats(Election);
        beats.Heard(Peer);
        for (int tick = 1; tick < Election; tick++)
            Assert.Empty(beats.Tick());

        Assert.True(beats.IsHeard(Peer));
        Assert.Equal([Peer], beats.Tick());
        Assert.False(beats.IsHeard(Peer));
        Assert.Equal(Election, beats.SilenceOf(Peer));
        Assert.Empty(beats.Tick());
        beats.Heard(Peer);
        Assert.True(beats.IsHeard(Peer));
    }

    [Fact]
    public void A_lost_session_is_no_silence_but_nobody_falls_asleep_before_the_peer_is_heard_again()
    {
        var beats = new PeerBeats(Election);
        beats.Heard(Peer);
        beats.Lost(Peer);
        Assert.False(beats.IsHeard(Peer));
        Assert.Equal(0, beats.SilenceOf(Peer));
        beats.Heard(Peer);
        Assert.True(beats.IsHeard(Peer));
    }

    [Fact]
    public void Who_was_never_heard_is_silent()
    {
        var beats = new PeerBeats(Election);
        Assert.False(beats.IsHeard(Peer));
        Assert.Equal(Election, beats.SilenceOf(Peer));
        Assert.Empty(beats.Tick());
    }
}

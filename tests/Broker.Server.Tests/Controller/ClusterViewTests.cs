using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Controller;
using Broker.Server.Controller.Membership;
using Broker.Server.Partitions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Broker.Server.Tests.Controller;

/// <summary>What broker 1 thinks of a partition that brokers 3, 1 and 2 have, and 3 leads.</summary>
public sealed class ClusterViewTests
{
    private static readonly BrokerId Self = new(1);
    private static readonly BrokerId Second = new(2);
    private static readonly BrokerId Leader = new(3);
    private static readonly Term Epoch = new(4);

    private readonly FakeTimeProvider _time = new();
    private readonly MetadataGroupFake _group = new();
    private readonly GoneProcesses _gone = new();
    private readonly SilentBrokers _silent;
    private readonly ClusterView _view;
    private LeaderView? _own = new(Leader, Epoch);

    public ClusterViewTests()
    {
        _silent = new SilentBrokers(_time, TimeSpan.FromSeconds(6));
        IMetadataLog log = _group.Join(Self);
        var watch = new MetadataWatch(log, _time);
        watch.Begin();
        var settling = new LeaderSettling(Self, _ => true, (_, _, _) => Task.CompletedTask, _time);
        _view = new ClusterView(Self, watch, _gone, _silent, settling, _ => _own);
        _group.Commit(new ClusterCreated(ClusterId.New(new Random(1)), FeatureLevel.Newest));
        foreach (BrokerId broker in (BrokerId[])[Self, Second, Leader, new BrokerId(4)])
        {
            _group.Commit(new BrokerRegistered(
                broker, default, ProcessOf(broker), default, [], "", FeatureLevel.Oldest, FeatureLevel.Newest));
        }

        AddTopic("orders", [Leader, Self, Second]);
    }

    private TopicImage Topic => _view.Image.FindTopic("orders")!;

    [Fact]
    public void Readers_are_sent_to_the_leader()
    {
        Connect(Second);
        Connect(Leader);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(new LeaderView(Leader, Epoch), _view.ReaderOf(Topic, 0));
    }

    [Fact]
    public void While_a_majority_can_still_elect_readers_wait_for_the_new_leader()
    {
        Connect(Second);
        Kill(Leader);
        _own = new LeaderView(BrokerId.None, Epoch);
        Assert.Equal(new LeaderView(BrokerId.None, Epoch), _view.ReaderOf(Topic, 0));
    }

    [Fact]
    public void The_last_replica_is_shown_to_readers_and_is_nobodys_leader()
    {
        Kill(Leader);
        Kill(Second);
        _own = new LeaderView(BrokerId.None, new Term(5));
        Assert.Equal(new LeaderView(Self, new Term(5)), _view.ReaderOf(Topic, 0));
        Assert.Equal(new LeaderView(BrokerId.None, new Term(5)), _view.LeaderOf(Topic, 0));
    }

    [Fact]
    public void A_replica_that_still_follows_a_leader_is_not_shown_in_its_place()
    {
        Kill(Leader);
        Kill(Second);
        Assert.Equal(new LeaderView(BrokerId.None, Epoch), _view.ReaderOf(Topic, 0));
    }

    [Fact]
    public void Brokers_that_only_fell_silent_are_waited_for_as_long_as_a_session()
    {
        Connect(Leader);
        Connect(Second);
        Disconnect(Leader);
        Disconnect(Second);
        _own = new LeaderView(BrokerId.None, Epoch);
        Assert.Equal(new LeaderView(Leader, Epoch), _view.ReaderOf(Topic, 0));

        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(new LeaderView(Self, Epoch), _view.ReaderOf(Topic, 0));
    }

    [Fact]
    public void A_broker_without_a_replica_shows_one_that_lives()
    {
        AddTopic("elsewhere", [Leader, new BrokerId(4), Second]);
        _own = null;
        Connect(Second);
        Kill(Leader);
        Kill(new BrokerId(4));
        Assert.Equal(new LeaderView(Second, Epoch), _view.ReaderOf(_view.Image.FindTopic("elsewhere")!, 0));
    }

    private static ProcessIncarnation ProcessOf(BrokerId broker) => new(new Guid(broker.Value, 2, 2, new byte[8]));

    private static PeerIdentity PeerOf(BrokerId broker) => new(ClusterId.Empty, broker, default, ProcessOf(broker));

    private void AddTopic(string name, ImmutableArray<BrokerId> replicas)
    {
        var id = new TopicId(new Guid(name.Length, 7, 7, new byte[8]));
        _group.Commit(new TopicCreated(id, name, [replicas], ImmutableSortedDictionary<string, string>.Empty));
        _group.Commit(new LeadershipReported([new LeadershipReport(id, 0, Epoch, Leader, replicas)]));
    }

    private void Connect(BrokerId broker)
    {
        ((IPeerObserver)_silent).SessionUp(PeerOf(broker));
        ((IPeerObserver)_gone).SessionUp(PeerOf(broker));
    }

    private void Disconnect(BrokerId broker) => ((IPeerObserver)_silent).SessionDown(PeerOf(broker));

    private void Kill(BrokerId broker)
    {
        Disconnect(broker);
        ((IPeerObserver)_gone).ProcessGone(broker, ProcessOf(broker));
    }
}

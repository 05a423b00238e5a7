using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller;
using Xunit;

namespace Broker.Server.Tests.Controller;

public sealed class ControllerClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ControllerBench _bench = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_topic_is_created_through_any_broker_and_answered_when_it_has_leaders(int asked)
    {
        await StartAsync(leader: 1);

        Task<System.Collections.Immutable.ImmutableArray<TopicAnswer>> asking = _bench.ClientOf(new BrokerId(asked))
            .CreateTopicsAsync([ControllerBench.Wish("orders")], false, Patience, Token);
        Assert.False(asking.IsCompleted);
        _bench.LeadAll("orders");

        TopicAnswer answer = Assert.Single(await _bench.RunAsync(asking));
        Assert.Equal(ControllerFault.None, answer.Fault);
        Assert.Equal(_bench.Group.Image.FindTopic("orders")!.Id, answer.Id);
        Assert.Equal((3, 3), (answer.Partitions, answer.ReplicationFactor));
    }

    [Fact]
    public async Task Without_leaders_in_time_the_answer_says_so_though_the_topic_is_there()
    {
        await StartAsync(leader: 1);

        TopicAnswer answer = Assert.Single(await _bench.RunAsync(_bench.ClientOf(new BrokerId(2))
            .CreateTopicsAsync([ControllerBench.Wish("orders")], false, Patience, Token)));

        Assert.Equal(ControllerFault.TimedOut, answer.Fault);
        Assert.NotNull(_bench.Group.Image.FindTopic("orders"));
    }

    [Fact]
    public async Task Each_wish_is_answered_for_itself_and_knows_those_before_it()
    {
        await StartAsync(leader: 3);
        TopicId other = TopicId.New(new Random(99));

        var answers = await _bench.RunAsync(_bench.ClientOf(new BrokerId(1)).CreateTopicsAsync(
            [ControllerBench.Wish("a"), ControllerBench.Wish("a") with { Id = other }, ControllerBench.Wish("b ad")],
            true,
            Patience,
            Token));

        Assert.Equal(
            [ControllerFault.None, ControllerFault.Refused, ControllerFault.Refused], answers.Select(a => a.Fault));
        Assert.Equal(RefusalReason.TopicAlreadyExists, answers[1].Refusal!.Reason);
        Assert.Equal(RefusalReason.InvalidTopicName, answers[2].Refusal!.Reason);
        Assert.Empty(_bench.Group.Image.Topics);
    }

    [Fact]
    public async Task A_wish_whose_outcome_was_not_known_is_asked_again_and_granted_once()
    {
        await StartAsync(leader: 1);
        _bench.Group.NextOutcome = (ProposeStatus.Unknown, Commits: true);

        var asking = _bench.ClientOf(new BrokerId(2))
            .CreateTopicsAsync([ControllerBench.Wish("orders")], false, Patience, Token);
        _bench.LeadAll("orders");

        Assert.Equal(ControllerFault.None, Assert.Single(await _bench.RunAsync(asking)).Fault);
    }

    [Fact]
    public async Task A_topic_that_grew_though_nobody_said_so_is_granted_and_not_refused()
    {
        await StartAsync(leader: 1);
        ControllerClient client = _bench.ClientOf(new BrokerId(2));
        var asking = client.CreateTopicsAsync([ControllerBench.Wish("orders")], false, Patience, Token);
        _bench.LeadAll("orders");
        await _bench.RunAsync(asking);

        _bench.Group.NextOutcome = (ProposeStatus.Unknown, Commits: true);
        TopicAnswer grown = Assert.Single(await _bench.RunAsync(
            client.CreatePartitionsAsync([new PartitionsWish("orders", 5, [])], false, Patience, Token)));
        Assert.Null(grown.Refusal);
        Assert.Equal(5, grown.Partitions);

        TopicAnswer asked = Assert.Single(await _bench.RunAsync(
            client.CreatePartitionsAsync([new PartitionsWish("orders", 5, [])], false, Patience, Token)));
        Assert.Equal(RefusalReason.InvalidPartitions, asked.Refusal?.Reason);
    }

    [Fact]
    public async Task A_request_waits_for_the_next_leader_but_not_for_ever()
    {
        await StartAsync(leader: 1);
        _bench.Group.Lead(BrokerId.None);

        Task<ProducerId?> first = _bench.ClientOf(new BrokerId(2)).NextProducerIdAsync(Token).AsTask();
        Assert.Null(await _bench.RunAsync(first));

        Task<ProducerId?> second = _bench.ClientOf(new BrokerId(2)).NextProducerIdAsync(Token).AsTask();
        _bench.Group.Lead(new BrokerId(3));
        Assert.NotNull(await _bench.RunAsync(second));
    }

    [Fact]
    public async Task Producer_ids_are_never_given_twice()
    {
        await StartAsync(leader: 1);
        HashSet<ProducerId> given = [];
        foreach (BrokerId broker in ControllerBench.Brokers)
        {
            ControllerClient client = _bench.ClientOf(broker);
            for (int i = 0; i < ProducerIdPlanner.BlockSize + 10; i++)
                Assert.True(given.Add((await client.NextProducerIdAsync(Token))!.Value));
        }
    }

    [Fact]
    public async Task A_topic_is_deleted_and_grown_and_a_second_try_of_a_deletion_is_granted()
    {
        await StartAsync(leader: 2);
        ControllerClient client = _bench.ClientOf(new BrokerId(1));
        await _bench.RunAsync(client.CreateTopicsAsync([ControllerBench.Wish("orders")], false, Patience, Token));
        TopicId id = _bench.Group.Image.FindTopic("orders")!.Id;

        TopicAnswer grown = Assert.Single(await _bench.RunAsync(
            client.CreatePartitionsAsync([new PartitionsWish("orders", 5, [])], false, Patience, Token)));
        Assert.Equal(5, grown.Partitions);

        _bench.Group.NextOutcome = (ProposeStatus.Unknown, Commits: true);
        TopicAnswer deleted = Assert.Single(await _bench.RunAsync(client.DeleteTopicsAsync([id], Patience, Token)));
        Assert.Equal(ControllerFault.None, deleted.Fault);
        Assert.Empty(_bench.Group.Image.Topics);
    }

    private async Task StartAsync(int leader)
    {
        _bench.Group.Lead(new BrokerId(leader));
        await _bench.RegisterAllAsync();
        Assert.Equal(3, _bench.Group.Image.Brokers.Count);
    }
}

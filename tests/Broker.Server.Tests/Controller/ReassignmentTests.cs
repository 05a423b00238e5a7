using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller;
using Broker.Server.Controller.Messages;
using Xunit;

namespace Broker.Server.Tests.Controller;

public sealed class ReassignmentTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ControllerBench _bench = new();

    private PartitionImage Partition => _bench.Group.Image.FindTopic("orders")!.Partitions[0];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Replicas_are_moved_through_any_broker(int asked)
    {
        await StartAsync();
        ImmutableArray<BrokerId> target = Partition.Replicas.RemoveAt(0);
        TopicAnswer answer = await AskAsync(asked, target);
        Assert.Equal(ControllerFault.None, answer.Fault);
        Assert.Equal(target, Partition.Target);
        Assert.Single(Partition.Removing);
    }

    [Fact]
    public async Task What_can_not_be_is_refused_and_the_rest_is_granted()
    {
        await StartAsync();
        ImmutableArray<TopicAnswer> answers = await _bench.RunAsync(_bench.ClientOf(new BrokerId(2)).ReassignAsync(
            [
                new ReassignmentWish("orders", 0, [new BrokerId(9)]),
                new ReassignmentWish("orders", 1, [new BrokerId(1)]),
                new ReassignmentWish("orders", 2, null),
            ],
            Patience,
            Token));
        Assert.Equal(
            [ControllerFault.Refused, ControllerFault.None, ControllerFault.Refused], answers.Select(a => a.Fault));
        Assert.Contains("Broker 9", answers[0].Refusal!.Message, StringComparison.Ordinal);
        Assert.Equal(RefusalReason.NoReassignmentInProgress, answers[2].Refusal!.Reason);
        Assert.Null(Partition.Reassignment);
        Assert.NotNull(_bench.Group.Image.FindTopic("orders")!.Partitions[1].Reassignment);
    }

    [Fact]
    public async Task A_cancellation_that_is_asked_again_after_it_was_carried_out_is_granted()
    {
        await StartAsync();
        var wish = new ReassignmentWish("orders", 0, null);
        ControllerReply first = await HandleAsync(new ReassignPartitions([wish]));
        Assert.Equal(ControllerFault.Refused, first.Topics[0].Fault);
        ControllerReply again = await HandleAsync(new ReassignPartitions([wish]).Again());
        Assert.Equal(ControllerFault.None, again.Topics[0].Fault);
    }

    [Fact]
    public async Task A_move_is_finished_once_by_who_speaks_of_its_own_target()
    {
        await StartAsync();
        await AskAsync(1, Partition.Replicas.RemoveAt(0));
        var move = new FinishedMove(_bench.Group.Image.FindTopic("orders")!.Id, 0, Partition.Reassignment!.At);
        await HandleAsync(new FinishReassignments([move with { At = move.At - 1 }]));
        Assert.NotNull(Partition.Reassignment);
        await HandleAsync(new FinishReassignments([move]));
        Assert.Null(Partition.Reassignment);
        long index = _bench.Group.Image.Index;
        await HandleAsync(new FinishReassignments([move]));
        Assert.Equal(index, _bench.Group.Image.Index);
    }

    private async Task StartAsync()
    {
        _bench.Group.Lead(new BrokerId(1));
        await _bench.RegisterAllAsync();
        Task<ImmutableArray<TopicAnswer>> creating = _bench.ClientOf(new BrokerId(1))
            .CreateTopicsAsync([ControllerBench.Wish("orders")], false, Patience, Token);
        _bench.LeadAll("orders");
        await _bench.RunAsync(creating);
    }

    private async Task<TopicAnswer> AskAsync(int broker, ImmutableArray<BrokerId> target) =>
        Assert.Single(await _bench.RunAsync(_bench.ClientOf(new BrokerId(broker)).ReassignAsync(
            [new ReassignmentWish("orders", 0, target)], Patience, Token)));

    private Task<ControllerReply> HandleAsync(ControllerRequest request) =>
        _bench.RunAsync(_bench.ServiceOf(new BrokerId(1)).HandleAsync(
            ControllerJson.DecodeRequest(ControllerJson.Encode(request)), Token));
}

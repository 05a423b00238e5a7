using Broker.Metadata;
using Broker.Model;
using Xunit;

namespace Broker.MetadataQuorum.Tests;

/// <summary>Voters come and go while brokers are killed and cut off. Which ones follows from the seed.</summary>
public sealed class VoterChaosTests
{
    private const int Rounds = 10;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_was_committed_stays_while_voters_change_and_brokers_die(int seed)
    {
        var random = new Random(seed);
        await using TestQuorum quorum = await TestQuorum.StartAsync(
            3, options => options with { EntriesPerSnapshot = 15, FollowedBytes = 800 });
        await quorum.FollowerAsync(4);
        await quorum.FollowerAsync(5);
        var leaders = new SortedDictionary<long, BrokerId>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(quorum.Token);
        var writer = new Writer(quorum);
        Task writing = writer.RunAsync(enough.Token);
        for (int round = 0; round < Rounds; round++)
        {
            var changed = new BrokerId(1 + random.Next(5));
            TestBroker victim = quorum[1 + random.Next(5)];
            TestBroker asked = quorum[1 + victim.Id.Value % 5];
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(quorum.Token);
            patience.CancelAfter(TimeSpan.FromSeconds(4));
            Task<VoterOutcome> change = quorum[changed.Value].Quorum.IsVoter
                ? asked.Quorum.RemoveAsync(changed, TestQuorum.Patience, patience.Token).AsTask()
                : asked.Quorum.AddAsync(changed, TestQuorum.Patience, patience.Token).AsTask();
            await Task.Delay(random.Next(60), quorum.Token);
            await FailAsync(quorum, victim, kills: random.Next(2) == 0);
            await change;
            await quorum.LeaderAsync();
            Note(quorum, leaders);
        }

        await enough.CancelAsync();
        await writing;
        await quorum.CommitAsync(Records.Numbered(1));
        TestBroker leader = await quorum.LeaderAsync();
        Assert.InRange(leader.Quorum.Image.NextProducerId, writer.Committed, long.MaxValue);
        Assert.True(writer.Committed > 0);
        await quorum.UntilAsync(() => quorum.Brokers.All(broker => Records.Number(broker.Quorum.Image) == 1));
        Assert.All(quorum.Brokers, broker => Assert.Equal(
            ImageCodec.Encode(leader.Quorum.Image), ImageCodec.Encode(broker.Quorum.Image)));
        VoterOutcome last = await leader.Quorum.RemoveAsync(new BrokerId(9), TestQuorum.Patience, quorum.Token);
        Assert.Equal(VoterStatus.NoVoter, last.Status);
    }

    private static async Task FailAsync(TestQuorum quorum, TestBroker victim, bool kills)
    {
        if (kills)
        {
            TestBroker back = await quorum.RestartAsync(victim.Id.Value);
            await quorum.UntilAsync(() => back.IsOpen);
        }
        else
        {
            victim.Channel.Cut();
            await Task.Delay(400, quorum.Token);
            victim.Channel.Mend();
        }
    }

    // Figure 3.2 of the thesis, election safety: at most one leader in a term.
    private static void Note(TestQuorum quorum, SortedDictionary<long, BrokerId> leaders)
    {
        foreach (TestBroker broker in quorum.Brokers.Where(broker => broker.Leads))
        {
            long term = broker.Quorum.Leadership.Term;
            Assert.Equal(broker.Id, leaders.GetValueOrDefault(term, broker.Id));
            leaders[term] = broker.Id;
        }
    }

    private sealed class Writer(TestQuorum quorum)
    {
        /// <summary>The end of the last block that was committed.</summary>
        public long Committed { get; private set; }

        public async Task RunAsync(CancellationToken enough)
        {
            while (!enough.IsCancellationRequested)
            {
                TestBroker? leader = quorum.Brokers.FirstOrDefault(broker => !broker.IsKilled && broker.Leads);
                if (leader is not null)
                {
                    long next = leader.Quorum.Image.NextProducerId;
                    ProposeOutcome outcome = await leader.Quorum.ProposeAsync(
                        leader.Quorum.Leadership.Term, [Records.Block(next / 10)], quorum.Token);
                    if (outcome.Status == ProposeStatus.Committed)
                    {
                        // Never a block that was committed before.
                        Assert.True(next >= Committed, $"{next} again, after {Committed}");
                        Committed = next + 10;
                    }
                }

                await Task.Delay(5, CancellationToken.None);
            }
        }
    }
}

using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using DotNext.Net.Cluster.Consensus.Raft;

namespace Broker.MetadataQuorum;

// DotNext changes one voter at a time and puts a configuration in force where it is applied. What it leaves to its
// caller is done here:
//   - a change begins when everything in the leader's log is applied and DotNext itself goes by the newest voters: it
//     would otherwise build on the ones before, and undo a change that was about to be committed;
//   - every voter that answers has heard of the newest voters before and after a change, so that no election rests on
//     voters of two changes ago, and no removed voter has to be asked;
//   - a change after which too few voters would answer is refused: nothing could be committed any more, not even the
//     way back;
//   - a leader does not remove itself: it hands over, and the next one does it.

/// <summary>The metadata leader's part of changing the voters: one change at a time.</summary>
internal sealed class VoterChanges(
    QuorumOptions options, QuorumEnvironment environment, ImageFeed feed, Seat seat, SeatSurvey survey)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private int _changing;

    public async ValueTask<VoterOutcome> ChangeAsync(VoterChange change, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _changing, 1) != 0)
        {
            return Refused("another change of the metadata voters is under way: try again when it is done");
        }

        try
        {
            return seat.Voter is not { } voter || feed.Leadership.Leader != options.Self
                ? VoterOutcome.NotLeader
                : await ChangeAsync(voter, change, cancellation);
        }
        catch (NotLeaderException)
        {
            return Unknown("the metadata group changed its leader meanwhile");
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            return Unknown("it took too long, or this broker stops");
        }
        finally
        {
            Volatile.Write(ref _changing, 0);
        }
    }

    private async ValueTask<VoterOutcome> ChangeAsync(
        Voter voter, VoterChange change, CancellationToken cancellation)
    {
        if (!await ComeToRestAsync(voter, cancellation))
        {
            return VoterOutcome.NotLeader;
        }

        ImmutableSortedSet<BrokerId> voters = voter.Roll.Voters;
        if (voters.Contains(change.Broker) == change.Adds)
        {
            return change.Adds
                ? new VoterOutcome(VoterStatus.AlreadyVotes, $"broker {change.Broker} is a metadata voter already")
                : new VoterOutcome(
                    VoterStatus.NoVoter, $"broker {change.Broker} is no metadata voter; they are {voter.Roll}");
        }

        return await (change.Adds
            ? AddAsync(voter, change.Broker, cancellation)
            : RemoveAsync(voter, change.Broker, cancellation));
    }

    private async ValueTask<VoterOutcome> AddAsync(Voter voter, BrokerId broker, CancellationToken cancellation)
    {
        var offer = new SeatOffer(feed.Image.ClusterId, options.Self, feed.Leadership.Term, voter.Roll);
        ReadOnlyMemory<byte>? answer = await environment.Channel.CallAsync(
            broker, SeatCodec.Offer(offer), options.ChangePatience, cancellation);
        if (answer is not { IsEmpty: false } bytes)
        {
            return Refused(
                $"broker {broker} does not answer: start it, wait until it follows the metadata, and try again");
        }

        if (SeatCodec.ReadTaken(bytes) is { } refusal)
        {
            return Refused($"broker {broker} can't become a metadata voter: {refusal}");
        }

        if (await ConsentAsync(voter.Roll.Voters.Add(broker), broker, cancellation) is { } obstacle)
        {
            return Refused(obstacle);
        }

        return await voter.AddAsync(broker, cancellation)
            ? await SettleAsync(voter, broker, cancellation)
            : Refused($"broker {broker} did not catch up with the metadata log: try again, it goes on following");
    }

    private async ValueTask<VoterOutcome> RemoveAsync(Voter voter, BrokerId broker, CancellationToken cancellation)
    {
        if (voter.Roll.Voters.Count == 1)
        {
            return Refused($"broker {broker} is the last metadata voter: add another one first");
        }

        if (await ConsentAsync(voter.Roll.Voters.Remove(broker), BrokerId.None, cancellation) is { } obstacle)
        {
            return Refused(obstacle);
        }

        if (broker == options.Self)
        {
            await voter.ResignAsync(cancellation);
            return VoterOutcome.NotLeader;
        }

        return await voter.RemoveAsync(broker, cancellation)
            ? await SettleAsync(voter, broker, cancellation)
            : Refused("the metadata group did not take the change: try again");
    }

    // Of the voters that would be, a majority has to answer and be able to vote.
    private async ValueTask<string?> ConsentAsync(
        ImmutableSortedSet<BrokerId> voters, BrokerId newcomer, CancellationToken cancellation)
    {
        SortedDictionary<BrokerId, SeatReport> reports = await survey.AskAsync(
            voters.Remove(options.Self), options.RequestTimeout, cancellation);
        BrokerId[] able = [.. voters.Where(voter => voter == options.Self || voter == newcomer
            || (reports.TryGetValue(voter, out SeatReport? report) && report.Votes))];
        return able.Length > voters.Count / 2
            ? null
            : $"of the metadata voters {string.Join(", ", voters)} that would be, only {string.Join(", ", able)} "
                + "could vote now, which is no majority: bring the others back, or remove those first that are gone";
    }

    private async ValueTask<bool> ComeToRestAsync(Voter voter, CancellationToken cancellation)
    {
        if (await voter.LeaderBarrierAsync(cancellation) < 0)
        {
            return false;
        }

        await UntilInForceAsync(voter, cancellation);
        await TellAsync(voter.Roll.Voters, cancellation);
        return true;
    }

    private async ValueTask<VoterOutcome> SettleAsync(Voter voter, BrokerId changed, CancellationToken cancellation)
    {
        await UntilInForceAsync(voter, cancellation);
        await TellAsync(voter.Roll.Voters.Add(changed), cancellation);
        return VoterOutcome.Done;
    }

    private async ValueTask UntilInForceAsync(Voter voter, CancellationToken cancellation)
    {
        while (!voter.RollIsInForce)
        {
            await Task.Delay(Pause, environment.Time, cancellation);
        }
    }

    private async ValueTask TellAsync(ImmutableSortedSet<BrokerId> brokers, CancellationToken cancellation) =>
        await survey.AskAsync(brokers.Remove(options.Self), options.RequestTimeout, cancellation);

    private static VoterOutcome Refused(string why) => new(VoterStatus.Refused, why);

    private static VoterOutcome Unknown(string why) =>
        new(VoterStatus.Unknown, $"{why}: list the voters to see what became of it");
}

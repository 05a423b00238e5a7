using Broker.Metadata;
using Broker.Model;
using MessagePack;

namespace Broker.MetadataQuorum;

/// <summary>Where any broker asks for the voters and for changes of them; the leader is found and asked.</summary>
internal sealed class VoterDesk(
    QuorumOptions options,
    QuorumEnvironment environment,
    ImageFeed feed,
    Seat seat,
    SeatSurvey survey,
    VoterChanges changes) : IMetadataVoters
{
    public IReadOnlyCollection<BrokerId> Voters => seat.Roll.Voters;

    public ValueTask<VoterOutcome> AddAsync(BrokerId broker, TimeSpan patience, CancellationToken cancellation) =>
        ChangeAsync(new VoterChange(Adds: true, broker), patience, cancellation);

    public ValueTask<VoterOutcome> RemoveAsync(BrokerId broker, TimeSpan patience, CancellationToken cancellation) =>
        ChangeAsync(new VoterChange(Adds: false, broker), patience, cancellation);

    public async ValueTask<QuorumDescription> DescribeAsync(CancellationToken cancellation)
    {
        ClusterImage image = feed.Image;
        BrokerId[] brokers = [.. seat.Roll.Voters.Concat(image.Brokers.Keys).Append(options.Self).Distinct().Order()];
        SortedDictionary<BrokerId, SeatReport> reports = await survey.AskAsync(
            brokers.Where(broker => broker != options.Self), options.RequestTimeout, cancellation);
        foreach (SeatReport told in reports.Values)
        {
            await seat.LearnAsync(told.Roll, cancellation);
        }

        reports[options.Self] = Report();
        VoterRoll roll = seat.Roll;
        return new QuorumDescription(
            feed.Leadership,
            feed.Image.Index,
            [.. brokers.Select(broker => reports.TryGetValue(broker, out SeatReport? report)
                ? new QuorumMember(
                    broker, roll.Voters.Contains(broker), report.Votes, report.LogEnd, report.Incarnation)
                : new QuorumMember(broker, roll.Voters.Contains(broker), false, -1, default))]);
    }

    /// <summary>Where this broker stands.</summary>
    public SeatReport Report() => new(
        seat.HasVote,
        Math.Max(seat.Voter?.LogEnd ?? 0, feed.Image.Index),
        options.Registered,
        feed.Leadership,
        seat.Roll);

    private async ValueTask<VoterOutcome> ChangeAsync(
        VoterChange change, TimeSpan patience, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(patience, environment.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        return await ChangeAsync(change, either.Token);
    }

    private async ValueTask<VoterOutcome> ChangeAsync(VoterChange change, CancellationToken cancellation)
    {
        bool mayBeDone = false;
        try
        {
            while (true)
            {
                VoterOutcome outcome = await AskAsync(change, cancellation);
                switch (outcome.Status)
                {
                    case VoterStatus.NotLeader:
                        await Task.Delay(options.RetryDelay, environment.Time, cancellation);
                        break;
                    case VoterStatus.Unknown:
                        mayBeDone = true;
                        await Task.Delay(options.RetryDelay, environment.Time, cancellation);
                        break;
                    case VoterStatus.AlreadyVotes or VoterStatus.NoVoter when mayBeDone:
                        return VoterOutcome.Done;
                    default:
                        return outcome;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return new VoterOutcome(
                VoterStatus.Unknown, "no metadata leader answered in time: list the voters to see what became of it");
        }
    }

    private async ValueTask<VoterOutcome> AskAsync(VoterChange change, CancellationToken cancellation)
    {
        BrokerId leader = feed.Leadership.Leader;
        if (leader == options.Self)
        {
            return await changes.ChangeAsync(change, cancellation);
        }

        if (leader == BrokerId.None)
        {
            return VoterOutcome.NotLeader;
        }

        ReadOnlyMemory<byte>? answer = await environment.Channel.CallAsync(
            leader, SeatCodec.Change(change), options.ChangePatience, cancellation);
        try
        {
            return answer is { IsEmpty: false } bytes
                ? SeatCodec.ReadOutcome(bytes)
                : new VoterOutcome(VoterStatus.Unknown, "");
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException)
        {
            environment.Log.Unreadable(leader, e);
            return new VoterOutcome(VoterStatus.Unknown, "");
        }
    }
}

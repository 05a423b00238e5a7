using System.Buffers;
using Broker.Metadata;
using Broker.Model;
using MessagePack;

namespace Broker.MetadataQuorum;

/// <summary>
/// Follows the log while this broker has no vote: asks a voter for what comes next, again and again, and another one
/// where that fails. Nothing is kept on the disk; a start begins with the image of whoever answers. A voter asks only
/// when nobody leads, and only for the voters: it may have been removed while it was away.
/// </summary>
internal sealed class Follower : IAsyncDisposable
{
    private readonly QuorumOptions _options;
    private readonly QuorumEnvironment _environment;
    private readonly ImageFeed _feed;
    private readonly Seat _seat;
    private readonly SeatSurvey _survey;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _following;

    public Follower(
        QuorumOptions options, QuorumEnvironment environment, ImageFeed feed, Seat seat, SeatSurvey survey)
    {
        _options = options;
        _environment = environment;
        _feed = feed;
        _seat = seat;
        _survey = survey;
        _following = FollowAsync(_stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _following;
        _stopping.Dispose();
    }

    private async Task FollowAsync(CancellationToken stopping)
    {
        try
        {
            for (int next = 0; ;)
            {
                if (_seat.HasVote && _feed.Leadership.Leader != BrokerId.None)
                {
                    await UntilNobodyLeadsAsync(stopping);
                }

                BrokerId source = Choose(next);
                if (source == BrokerId.None || _seat.HasVote || !await FollowAsync(source, stopping))
                {
                    await LearnFromAsync(source, stopping);
                    next++;
                    await Task.Delay(_options.RetryDelay, _environment.Time, stopping);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
        catch (Exception e)
        {
            _environment.Fail(e);
        }
    }

    private async Task UntilNobodyLeadsAsync(CancellationToken stopping)
    {
        while (true)
        {
            Task changed = _feed.Changed;
            if (!_seat.HasVote || _feed.Leadership.Leader == BrokerId.None)
            {
                return;
            }

            await changed.WaitAsync(stopping);
        }
    }

    // The leader, then the voters, then whoever else may know who they are.
    private BrokerId Choose(int next)
    {
        BrokerId leader = _feed.Leadership.Leader;
        BrokerId[] others = [.. _seat.Roll.Voters
            .Concat(_options.Voters.Order())
            .Concat(_feed.Image.Brokers.Keys.Order())
            .Distinct()
            .Where(broker => broker != _options.Self)];
        int turn = next % (others.Length + 1);
        return turn > 0 ? others[turn - 1]
            : leader != BrokerId.None && leader != _options.Self ? leader
            : others.Length > 0 ? others[0]
            : BrokerId.None;
    }

    private async ValueTask LearnFromAsync(BrokerId source, CancellationToken stopping)
    {
        if (source != BrokerId.None && await _survey.AskAsync(source, _options.RequestTimeout, stopping) is { } report)
        {
            await _seat.LearnAsync(report.Roll, stopping);
        }
    }

    private async ValueTask<bool> FollowAsync(BrokerId source, CancellationToken stopping)
    {
        var known = new FollowedPoint(_feed.Leadership, _feed.Image.Index, _options.LongestPoll);
        byte[] question = PeerCodec.Question(PeerQuestion.Follow, known);
        ReadOnlyMemory<byte>? answer = await _environment.Channel.CallAsync(
            source, question, _options.LongestPoll + _options.RequestTimeout, stopping);
        if (answer is not { IsEmpty: false } bytes)
        {
            return false;
        }

        try
        {
            Take(PeerCodec.ReadNews(bytes));
            return true;
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException)
        {
            _environment.Log.Unreadable(source, e);
            return false;
        }
    }

    private void Take(News news)
    {
        if (_seat.HasVote)
        {
            // It got one meanwhile; its own log tells from here on.
            return;
        }

        if (news.Image is { } image && image.Index > _feed.Image.Index)
        {
            RequireSameCluster(image);
            _feed.Load(image);
        }

        foreach (FollowedEntry entry in news.Entries)
        {
            _feed.Apply(RecordCodec.Decode(new ReadOnlySequence<byte>(entry.Bytes)), entry.Bytes, entry.Index);
        }

        if (news.Leadership.Term >= _feed.Leadership.Term)
        {
            _feed.Lead(news.Leadership);
        }
    }

    private void RequireSameCluster(ClusterImage image)
    {
        ClusterId known = _feed.Image.ClusterId;
        if (!known.IsEmpty && image.ClusterId != known)
        {
            throw new MetadataRecordException($"The metadata group is cluster {image.ClusterId}, not {known}.");
        }
    }
}

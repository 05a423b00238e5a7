using System.Buffers;
using Broker.Metadata;
using Broker.Model;
using MessagePack;

namespace Broker.MetadataQuorum;

/// <summary>
/// Follows the log without a vote: asks a voter for what comes next, again and again, and another one where that
/// fails. Nothing is kept on the disk; a start begins with the image of whoever answers.
/// </summary>
internal sealed class Follower : IMetadataMember
{
    private readonly QuorumOptions _options;
    private readonly QuorumEnvironment _environment;
    private readonly ImageFeed _feed;
    private readonly CancellationTokenSource _stopping = new();
    private readonly BrokerId[] _sources;
    private readonly Task _following;

    public Follower(QuorumOptions options, QuorumEnvironment environment, ImageFeed feed)
    {
        _options = options;
        _environment = environment;
        _feed = feed;
        _sources = [.. options.Voters.Where(voter => voter != options.Self).Order()];
        _following = FollowAsync(_stopping.Token);
    }

    public void Accept(BrokerId peer, Stream stream) => stream.Dispose();

    public ValueTask<ProposeOutcome> ProposeAsync(
        long term, IReadOnlyList<MetadataRecord> records, CancellationToken cancellation) =>
        new(ProposeOutcome.NotLeader(_feed.Leadership.Leader));

    public ValueTask<long> LeaderBarrierAsync(CancellationToken cancellation) => new(-1);

    public ValueTask ResignAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

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
                BrokerId source = Choose(next);
                if (source == BrokerId.None || !await AskAsync(source, stopping))
                {
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

    private BrokerId Choose(int next)
    {
        BrokerId leader = _feed.Leadership.Leader;
        bool first = next % (_sources.Length + 1) == 0;
        return first && leader != BrokerId.None && leader != _options.Self ? leader
            : _sources.Length == 0 ? BrokerId.None
            : _sources[next % _sources.Length];
    }

    private async ValueTask<bool> AskAsync(BrokerId source, CancellationToken stopping)
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
        if (news.Image is { } image && image.Index > _feed.Image.Index)
        {
            RequireSameCluster(image);
            _feed.Load(image);
        }

        foreach (FollowedEntry entry in news.Entries)
        {
            if (entry.Index > _feed.Image.Index)
            {
                _feed.Apply(RecordCodec.Decode(new ReadOnlySequence<byte>(entry.Bytes)), entry.Bytes, entry.Index);
            }
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

using Broker.Metadata;
using Broker.Model;
using MessagePack;

namespace Broker.MetadataQuorum;

/// <summary>
/// The metadata group as one broker has it: a voter on DotNext's engine, or a follower of the voters. Any thread may
/// call. Made by <see cref="OpenAsync"/>; disposing leaves the group without resigning first.
/// </summary>
public sealed class MetadataQuorum : IMetadataLog, IMetadataPeerService, IAsyncDisposable
{
    private readonly QuorumOptions _options;
    private readonly QuorumEnvironment _environment;
    private readonly ImageFeed _feed;
    private readonly Foundation _foundation;
    private readonly CancellationTokenSource _stopping = new();
    private volatile IMetadataMember? _member;
    private int _disposed;

    private MetadataQuorum(QuorumOptions options, QuorumEnvironment environment)
    {
        _options = options;
        _environment = environment;
        _feed = new ImageFeed(options.FollowedBytes);
        _foundation = new Foundation(options, environment);
    }

    public MetadataLeadership Leadership => _feed.Leadership;

    public ClusterImage Image => _feed.Image;

    /// <summary>True if this broker has a vote.</summary>
    public bool IsVoter => _member is Voter;

    /// <summary>Completes with the reason when the log can't go on, as after a failed flush: stop then.</summary>
    public Task<Exception> Failed => _environment.Failed;

    /// <summary>
    /// Finds out whether this broker votes, which at the very first start takes until all configured voters were
    /// heard, and starts. Peers are answered from the beginning.
    /// </summary>
    /// <exception cref="Storage.StorageException">What is on the disk is damaged or can't be read.</exception>
    public static async Task<MetadataQuorum> OpenAsync(
        QuorumOptions options, QuorumEnvironment environment, CancellationToken cancellation)
    {
        var quorum = new MetadataQuorum(options, environment);
        environment.Channel.Serve(quorum);
        try
        {
            await quorum.StartAsync(cancellation);
            return quorum;
        }
        catch
        {
            await quorum.DisposeAsync();
            throw;
        }
    }

    public ValueTask<ProposeOutcome> ProposeAsync(
        long term, IReadOnlyList<MetadataRecord> records, CancellationToken cancellation) =>
        Member.ProposeAsync(term, records, cancellation);

    public async ValueTask BarrierAsync(CancellationToken cancellation)
    {
        while (true)
        {
            long index = await AskBarrierAsync(cancellation);
            if (index >= 0)
            {
                await _feed.WaitAsync(index, cancellation);
                return;
            }

            await Task.Delay(_options.RetryDelay / 4, _environment.Time, cancellation);
        }
    }

    public ValueTask ResignAsync(CancellationToken cancellation) => Member.ResignAsync(cancellation);

    public void Subscribe(IMetadataSubscriber subscriber) => _feed.Subscribe(subscriber);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        if (_member is { } member)
        {
            await member.DisposeAsync();
        }
    }

    void IMetadataPeerService.Accept(BrokerId peer, Stream stream)
    {
        if (_member is { } member)
        {
            member.Accept(peer, stream);
        }
        else
        {
            stream.Dispose();
        }
    }

    async ValueTask<ReadOnlyMemory<byte>> IMetadataPeerService.AnswerAsync(
        BrokerId peer, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        try
        {
            (PeerQuestion question, FollowedPoint known) = PeerCodec.ReadQuestion(request);
            return question switch
            {
                PeerQuestion.Standing => PeerCodec.Standing(
                    _foundation.Standing with { Cluster = _feed.Image.ClusterId }),
                PeerQuestion.Follow when IsVoter => await NewsAsync(known, cancellation),
                PeerQuestion.Barrier when IsVoter => PeerCodec.Barrier(await Member.LeaderBarrierAsync(cancellation)),
                _ => ReadOnlyMemory<byte>.Empty,
            };
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException)
        {
            _environment.Log.Unreadable(peer, e);
            return ReadOnlyMemory<byte>.Empty;
        }
    }

    private IMetadataMember Member => _member ?? throw new InvalidOperationException("Not started.");

    private async Task StartAsync(CancellationToken cancellation)
    {
        if (!await _foundation.DecideAsync(cancellation))
        {
            _environment.Log.Follows();
            _member = new Follower(_options, _environment, _feed);
            return;
        }

        var voter = new Voter(_options, _environment, _feed);
        _member = voter;
        string configured = string.Join(", ", _options.Voters.Order());
        string inForce = string.Join(", ", voter.Voters);
        if (configured != inForce)
        {
            _environment.Log.VotersDiffer(configured, inForce);
        }

        await voter.StartAsync(cancellation);
        _environment.Log.Votes(inForce, _feed.Image.Index);
    }

    private async ValueTask<long> AskBarrierAsync(CancellationToken cancellation)
    {
        BrokerId leader = _feed.Leadership.Leader;
        if (leader == _options.Self)
        {
            return await Member.LeaderBarrierAsync(cancellation);
        }

        if (leader == BrokerId.None)
        {
            return -1;
        }

        ReadOnlyMemory<byte>? answer = await _environment.Channel.CallAsync(
            leader, PeerCodec.Question(PeerQuestion.Barrier), _options.RequestTimeout, cancellation);
        return answer is { IsEmpty: false } bytes ? PeerCodec.ReadBarrier(bytes) : -1;
    }

    // Waits for news up to the time that was asked for; then says who leads, which is news enough.
    private async ValueTask<byte[]> NewsAsync(FollowedPoint known, CancellationToken cancellation)
    {
        TimeSpan patience = known.Patience < _options.LongestPoll ? known.Patience : _options.LongestPoll;
        using var expiry = new CancellationTokenSource(patience, _environment.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(
            expiry.Token, cancellation, _stopping.Token);
        try
        {
            while (true)
            {
                Task changed = _feed.Changed;
                if (_feed.Image.Index > known.Index || _feed.Leadership.Term > known.Leadership.Term
                    || (_feed.Leadership != known.Leadership && _feed.Leadership.Term == known.Leadership.Term))
                {
                    break;
                }

                await changed.WaitAsync(linked.Token);
            }
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
        }

        return _feed.EntriesAfter(known.Index) is { } entries
            ? PeerCodec.News(_feed.Leadership, entries)
            : PeerCodec.News(_feed.Leadership, _feed.Image);
    }
}

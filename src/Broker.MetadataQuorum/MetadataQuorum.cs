using Broker.Metadata;
using Broker.Model;
using MessagePack;

namespace Broker.MetadataQuorum;

/// <summary>
/// The metadata group as one broker has it: a voter on DotNext's engine, or a follower of the voters. Any thread may
/// call. Made by <see cref="OpenAsync"/>; disposing leaves the group without resigning first.
/// </summary>
public sealed class MetadataQuorum : IMetadataLog, IMetadataVoters, IMetadataPeerService, IAsyncDisposable
{
    private readonly QuorumOptions _options;
    private readonly QuorumEnvironment _environment;
    private readonly ImageFeed _feed;
    private readonly Foundation _foundation;
    private readonly Seat _seat;
    private readonly SeatSurvey _survey;
    private readonly VoterChanges _changes;
    private readonly VoterDesk _desk;
    private readonly CancellationTokenSource _stopping = new();
    private Follower? _follower;
    private int _disposed;

    private MetadataQuorum(QuorumOptions options, QuorumEnvironment environment)
    {
        _options = options;
        _environment = environment;
        _feed = new ImageFeed(options.FollowedBytes);
        _foundation = new Foundation(options, environment);
        _seat = new Seat(options, environment, _feed, _foundation);
        _survey = new SeatSurvey(environment, _seat);
        _changes = new VoterChanges(options, environment, _feed, _seat, _survey);
        _desk = new VoterDesk(options, environment, _feed, _seat, _survey, _changes);
    }

    public MetadataLeadership Leadership => _feed.Leadership;

    public ClusterImage Image => _feed.Image;

    /// <summary>True if this broker has a vote.</summary>
    public bool IsVoter => _seat.HasVote;

    public IReadOnlyCollection<BrokerId> Voters => _seat.Roll.Voters;

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
        _seat.Voter?.ProposeAsync(term, records, cancellation)
        ?? new ValueTask<ProposeOutcome>(ProposeOutcome.NotLeader(_feed.Leadership.Leader));

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

    public ValueTask ResignAsync(CancellationToken cancellation) =>
        _seat.Voter?.ResignAsync(cancellation) ?? ValueTask.CompletedTask;

    public void Subscribe(IMetadataSubscriber subscriber) => _feed.Subscribe(subscriber);

    public ValueTask<QuorumDescription> DescribeAsync(CancellationToken cancellation) =>
        _desk.DescribeAsync(cancellation);

    public ValueTask<VoterOutcome> AddAsync(BrokerId broker, TimeSpan patience, CancellationToken cancellation) =>
        _desk.AddAsync(broker, patience, cancellation);

    public ValueTask<VoterOutcome> RemoveAsync(BrokerId broker, TimeSpan patience, CancellationToken cancellation) =>
        _desk.RemoveAsync(broker, patience, cancellation);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        if (_follower is { } follower)
        {
            await follower.DisposeAsync();
        }

        await _seat.DisposeAsync();
    }

    void IMetadataPeerService.Accept(BrokerId peer, Stream stream)
    {
        if (_seat.Voter is { } voter)
        {
            voter.Accept(peer, stream);
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
            return PeerCodec.KindOf(request) switch
            {
                PeerQuestion.Standing => PeerCodec.Standing(
                    _foundation.Standing with { Cluster = _feed.Image.ClusterId }),
                PeerQuestion.Follow when IsVoter => await NewsAsync(PeerCodec.ReadPoint(request), cancellation),
                PeerQuestion.Barrier when IsVoter => PeerCodec.Barrier(await LeaderBarrierAsync(cancellation)),
                PeerQuestion.Seat => await ReportAsync(SeatCodec.ReadQuestion(request), cancellation),
                PeerQuestion.Offer when _follower is not null => SeatCodec.Taken(
                    await _seat.PrepareAsync(SeatCodec.ReadOffer(request), cancellation)),
                PeerQuestion.Change => SeatCodec.Outcome(
                    await _changes.ChangeAsync(SeatCodec.ReadChange(request), cancellation)),
                _ => ReadOnlyMemory<byte>.Empty,
            };
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException)
        {
            _environment.Log.Unreadable(peer, e);
            return ReadOnlyMemory<byte>.Empty;
        }
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        if (await _foundation.DecideAsync(cancellation))
        {
            await _seat.OpenAsync(cancellation);
        }

        if (_seat.HasVote)
        {
            _environment.Log.Votes(_seat.Roll.ToString(), _feed.Image.Index);
        }
        else
        {
            _environment.Log.Follows();
        }

        _follower = new Follower(_options, _environment, _feed, _seat, _survey);
    }

    private async ValueTask<byte[]> ReportAsync(VoterRoll told, CancellationToken cancellation)
    {
        await _seat.LearnAsync(told, cancellation);
        return SeatCodec.Report(_desk.Report());
    }

    private ValueTask<long> LeaderBarrierAsync(CancellationToken cancellation) =>
        _seat.Voter?.LeaderBarrierAsync(cancellation) ?? new ValueTask<long>(-1);

    private async ValueTask<long> AskBarrierAsync(CancellationToken cancellation)
    {
        BrokerId leader = _feed.Leadership.Leader;
        if (leader == _options.Self)
        {
            return await LeaderBarrierAsync(cancellation);
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

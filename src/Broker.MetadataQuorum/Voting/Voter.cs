using Broker.Metadata;
using Broker.Model;
using Broker.Storage;
using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using Microsoft.Extensions.Logging;

namespace Broker.MetadataQuorum;

/// <summary>
/// This broker's vote in the metadata group: DotNext's node with our log, transport and image. Without a vote while the
/// voters do not list it: it then takes entries, and does not tell who leads.
/// </summary>
internal sealed class Voter : IAsyncDisposable
{
    private readonly QuorumOptions _options;
    private readonly QuorumEnvironment _environment;
    private readonly ImageFeed _feed;
    private readonly VoterListener _listener = new();
    private readonly VoterStore _voters;
    private readonly QuorumLog _log;
    private readonly RaftCluster _cluster;
    private readonly CommitNews _news;
    private readonly SemaphoreSlim _proposing = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private Task _leading = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private Task _telling = Task.CompletedTask;

    public Voter(
        QuorumOptions options,
        QuorumEnvironment environment,
        ImageFeed feed,
        Action<VoterRoll, VoterRoll> votersSaved)
    {
        _options = options;
        _environment = environment;
        _feed = feed;
        _voters = new VoterStore(environment.Files, VotersPath(options)) { Saved = votersSaved };
        _voters.Load();
        var machine = new ImageStateMachine(
            feed, new SnapshotStore(environment.Files, options.Directory), _voters, options.EntriesPerSnapshot);
        var files = new LogFiles(environment.Files, options.Directory, environment.Time);
        files.WriteAgain();
        _log = new QuorumLog(
            LogOptions(options),
            machine,
            files,
            options.Reserve,
            _voters);
        _cluster = new RaftCluster(ClusterOptions(_voters)) { AuditTrail = _log };
        _cluster.LeaderChanged += OnLeaderChanged;
        _news = new CommitNews(_cluster);
    }

    /// <summary>The voters by which this one goes.</summary>
    public VoterRoll Roll => _voters.Roll;

    public bool HasVote => Roll.Voters.Contains(_options.Self);

    /// <summary>The last entry that is on this disk.</summary>
    public long LogEnd => ((IAuditTrail)_log).LastEntryIndex;

    /// <summary>
    /// DotNext goes by the same voters as the file: it gets there a moment after a configuration was applied.
    /// </summary>
    public bool RollIsInForce =>
        Roll.Voters.SetEquals(_cluster.Members.Select(member => VoterAddress.Read(member.EndPoint)));

    public static string VotersPath(QuorumOptions options) => Path.Combine(options.Directory, "voters");

    /// <summary>
    /// Starts on a log that was just made, for a place that is offered. In the offer's term its vote is the leader's:
    /// in an earlier life this broker may have voted in it.
    /// </summary>
    public async Task StartAsync(SeatOffer offer, CancellationToken cancellation)
    {
        await _log.FollowAsync(offer.Term, offer.Leader, cancellation);
        await StartAsync(cancellation);
    }

    public async Task StartAsync(CancellationToken cancellation)
    {
        if (HasVote && Roll.Voters.Count == 1)
        {
            await _log.BeginTermAloneAsync(cancellation);
        }

        try
        {
            await _cluster.StartAsync(cancellation);
        }
        catch (IntegrityException e)
        {
            throw new StorageException($"The metadata log in {_options.Directory} is damaged", e);
        }

        _watching = WatchAsync();
        _leading = LeadAsync();
        _telling = _news.RunAsync(_stopping.Token);
    }

    public void Accept(BrokerId peer, Stream stream) => _listener.Offer(new VoterConnection(stream, $"from {peer}"));

    public async ValueTask<ProposeOutcome> ProposeAsync(
        long term, IReadOnlyList<MetadataRecord> records, CancellationToken cancellation)
    {
        MetadataLeadership leadership = _feed.Leadership;
        return leadership == new MetadataLeadership(_options.Self, term)
            ? await CommitAsync(term, records, cancellation)
            : ProposeOutcome.NotLeader(leadership.Leader);
    }

    public async ValueTask<long> LeaderBarrierAsync(CancellationToken cancellation)
    {
        // Not ApplyReadBarrierAsync: should leadership move during the call it turns into a follower's barrier, which
        // takes the other's word for being the leader without asking a quorum.
        try
        {
            long last = ((IAuditTrail)_log).LastEntryIndex;
            await _cluster.ForceReplicationAsync(cancellation);
            await _log.WaitForApplyAsync(last, cancellation);
            return _feed.Image.Index;
        }
        catch (Exception e) when (e is NotLeaderException or ObjectDisposedException)
        {
            return -1;
        }
    }

    public async ValueTask ResignAsync(CancellationToken cancellation)
    {
        if (_feed.Leadership.Leader != _options.Self || Roll.Voters.Count == 1)
        {
            return;
        }

        // In standby it does not stand for election, so that somebody else does. But not for ever: if the others lack
        // an entry that this one has, nobody but this one can be elected.
        using var patience = new CancellationTokenSource(2 * _options.LongestElectionTimeout, _environment.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        await _cluster.EnableStandbyModeAsync(cancellation);
        try
        {
            await UntilAnotherLeadsAsync(linked.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // It may lead again.
        }
        finally
        {
            await _cluster.RevertToNormalModeAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _cluster.LeaderChanged -= OnLeaderChanged;
        await _cluster.StopAsync(CancellationToken.None);
        await _leading;
        await _telling;
        _feed.Lead(new MetadataLeadership(BrokerId.None, _log.Term));
        await _cluster.DisposeAsync();
        await _listener.DisposeAsync();
        await _log.DisposeAsync();
        await _watching;
        _stopping.Dispose();
    }

    /// <summary>As leader: brings the broker's log up to this one's, then commits it as a voter.</summary>
    /// <returns>False if its log did not catch up; nothing was changed.</returns>
    public Task<bool> AddAsync(BrokerId broker, CancellationToken cancellation) =>
        _cluster.AddMemberAsync(VoterAddress.Of(broker), cancellation);

    /// <summary>As leader: commits the voters without it.</summary>
    public Task<bool> RemoveAsync(BrokerId broker, CancellationToken cancellation) =>
        _cluster.RemoveMemberAsync(VoterAddress.Of(broker), cancellation);

    public ValueTask<bool> AdoptAsync(VoterRoll roll, CancellationToken cancellation) =>
        _voters.AdoptAsync(roll, cancellation);

    /// <summary>Tells who leads, when this broker has got its vote and followed others before.</summary>
    public void TellLeader()
    {
        if (LeaderElsewhere() is var leader && leader != BrokerId.None)
        {
            _feed.Lead(new MetadataLeadership(leader, _log.Term));
        }
    }

    private async ValueTask<ProposeOutcome> CommitAsync(
        long term, IReadOnlyList<MetadataRecord> records, CancellationToken cancellation)
    {
        var proposal = new Proposal(term);
        if (!await EnterAsync(cancellation))
        {
            return ProposeOutcome.Unknown;
        }

        try
        {
            _feed.Image.Apply(records, long.MaxValue);
            var entry = new BinaryLogEntry
            {
                Term = term,
                Content = RecordCodec.Encode(records),
                Context = proposal,
            };
            await _cluster.ReplicateAsync(entry, cancellation);
            _news.Committed();
        }
        catch (MetadataRecordException e)
        {
            _environment.Log.ProposalConflicts(e.Message);
            return ProposeOutcome.Conflict;
        }
        catch (Exception e) when (EndsProposal(e))
        {
            if (!proposal.Written)
            {
                return ProposeOutcome.NotLeader(_feed.Leadership.Leader);
            }
        }
        finally
        {
            _proposing.Release();
        }

        if (proposal.AppliedAt == 0)
        {
            return ProposeOutcome.Unknown;
        }

        return proposal.Contradicts ? ProposeOutcome.Conflict : ProposeOutcome.Committed(proposal.AppliedAt);
    }

    private static bool EndsProposal(Exception e) =>
        e is NotLeaderException or StaleTermException or StorageFullException or OperationCanceledException
            or ObjectDisposedException;

    private async Task UntilAnotherLeadsAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task changed = _feed.Changed;
            BrokerId leader = _feed.Leadership.Leader;
            if (leader != BrokerId.None && leader != _options.Self)
            {
                return;
            }

            await changed.WaitAsync(cancellation);
        }
    }

    private async ValueTask<bool> EnterAsync(CancellationToken cancellation)
    {
        try
        {
            await _proposing.WaitAsync(cancellation);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task LeadAsync()
    {
        try
        {
            while (true)
            {
                CancellationToken leading = await _cluster.WaitForLeadershipAsync(_stopping.Token);
                long term = _log.LeadsIn;
                if (await FoundAsync(term, leading))
                {
                    _feed.Lead(new MetadataLeadership(_options.Self, term), leading);
                    _environment.Log.Leads(term);
                }

                await EndOf(leading, _stopping.Token);
                _feed.Lead(new MetadataLeadership(LeaderElsewhere(), _log.Term));
                _environment.Log.LeadsNoMore(term);
            }
        }
        catch (Exception e) when (_stopping.IsCancellationRequested || e is OperationCanceledException)
        {
            // Stopped.
        }
        catch (Exception e)
        {
            _environment.Fail(e);
        }
    }

    // The first leader of all mints the cluster's id; nothing else can be committed before.
    private async ValueTask<bool> FoundAsync(long term, CancellationToken leading)
    {
        while (_feed.Image.ClusterId.IsEmpty && !leading.IsCancellationRequested)
        {
            var record = new ClusterCreated(ClusterId.New(_environment.Random), _options.FoundingLevel);
            if ((await CommitAsync(term, [record], leading)).Status == ProposeStatus.Committed)
            {
                _environment.Log.ClusterFounded(record.Cluster);
            }
        }

        return !leading.IsCancellationRequested;
    }

    // DotNext stops working after an error in its background, such as a failed flush, and says so to who waits.
    private async Task WatchAsync()
    {
        try
        {
            await _log.WaitForApplyAsync(long.MaxValue, _stopping.Token);
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            // Stopped.
        }
        catch (Exception e)
        {
            _environment.Fail(e);
        }
    }

    // Called in the order of changes. That this voter leads is told by LeadAsync, once its image is complete.
    private void OnLeaderChanged(RaftCluster<RaftClusterMember> cluster, RaftClusterMember? leader)
    {
        if (HasVote && (leader is null || leader.IsRemote))
        {
            _feed.Lead(new MetadataLeadership(LeaderElsewhere(), _log.Term));
        }
    }

    private BrokerId LeaderElsewhere() =>
        _cluster.Leader is { IsRemote: true } leader ? VoterAddress.Read(leader.EndPoint) : BrokerId.None;

    private static async Task EndOf(CancellationToken leading, CancellationToken stopping)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = leading.Register(() => ended.TrySetResult());
        await ended.Task.WaitAsync(stopping);
    }

    private static WriteAheadLog.Options LogOptions(QuorumOptions options) => new()
    {
        Location = options.Directory,
        ChunkSize = 1 << 20,
        HashAlgorithm = WriteAheadLog.IntegrityHashAlgorithm.Crc32,

        // Pages are written, with O_SYNC, not mapped: a full disk is then an error and not a SIGBUS.
        MemoryManagement = WriteAheadLog.MemoryManagementStrategy.PrivateMemory,
    };

    private RaftCluster.NodeConfiguration ClusterOptions(VoterStore store) =>
        new RaftCluster.CustomTransportConfiguration(
            VoterAddress.Of(_options.Self), _listener, new VoterConnector(_environment.Channel))
        {
            ConfigurationStorage = store,
            ColdStart = false,
            LowerElectionTimeout = (int)_options.ShortestElectionTimeout.TotalMilliseconds,
            UpperElectionTimeout = (int)_options.LongestElectionTimeout.TotalMilliseconds,
            HeartbeatThreshold = 0.3,
            RequestTimeout = _options.RequestTimeout,
            LoggerFactory = new EngineLoggers(_environment.Loggers),
        };
}

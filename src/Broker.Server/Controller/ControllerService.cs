using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller.Membership;
using Broker.Server.Controller.Messages;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Controller;

/// <summary>
/// The metadata leader's side of the controller: answers what brokers ask, judges who is alive, and commits each tick's
/// leadership reports as one record. Every broker has one; it decides only while its broker leads the metadata group.
/// </summary>
internal sealed class ControllerService
{
    private readonly IMetadataLog _log;
    private readonly DecisionQueue _decisions;
    private readonly TopicDefaults _defaults;
    private readonly IBrokerSight _sight;
    private readonly ControllerTimings _timings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ReportQueue _reports = new();
    private readonly Lock _gate = new();
    private readonly BrokerLiveness _liveness;
    private readonly long _epoch;
    private long _term = -1;

    /// <param name="decisions">Shared with whoever else decides on this broker.</param>
    public ControllerService(
        DecisionQueue decisions,
        IMetadataLog log,
        TopicDefaults defaults,
        IBrokerSight sight,
        ControllerTimings timings,
        TimeProvider time,
        ILogger logger)
    {
        _log = log;
        _decisions = decisions;
        _defaults = defaults;
        _sight = sight;
        _timings = timings;
        _time = time;
        _logger = logger;
        _liveness = new BrokerLiveness(timings.Session);
        _epoch = time.GetTimestamp();
    }

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    public async Task<ControllerReply> HandleAsync(ControllerRequest request, CancellationToken cancellation)
    {
        if (!_decisions.Leads)
            return new ControllerReply(ControllerStatus.NotLeader);

        return request switch
        {
            RegisterBroker register => await RegisterAsync(register, cancellation),
            BrokerHeartbeat heartbeat => Hear(heartbeat),
            CreateTopics create => await _decisions.DecideAsync(
                image => TopicDecisions.Create(image, create, _defaults, Doubted(image)), cancellation),
            DeleteTopics delete => await _decisions.DecideAsync(
                image => TopicDecisions.Delete(image, delete), cancellation),
            CreatePartitions grow => await _decisions.DecideAsync(
                image => TopicDecisions.Grow(image, grow, _defaults, Doubted(image)), cancellation),
            AllocateProducerIds allocate => await AllocateAsync(allocate, cancellation),
            ReassignPartitions reassign => await _decisions.DecideAsync(
                image => ReassignmentDecisions.Reassign(image, reassign, _defaults), cancellation),
            FinishReassignments finish => await _decisions.DecideAsync(
                image => Decision.Of(
                    ReassignmentPlanner.Finish(image, finish.Moves), new ControllerReply(ControllerStatus.Done)),
                cancellation),
            RaiseFeatureLevel raise => await _decisions.DecideAsync(image => Raise(image, raise), cancellation),
            AlterTopicConfigs alter => await _decisions.DecideAsync(
                image => TopicDecisions.Alter(image, alter, _defaults), cancellation),
            MarkDraining mark => await MarkAsync(mark, cancellation),
            _ => new ControllerReply(ControllerStatus.Refused),
        };
    }

    /// <summary>A peer's process is known to be gone: it is fenced at the next tick instead of after its
    /// session.</summary>
    public void PeerGone(BrokerId broker, ProcessIncarnation process)
    {
        lock (_gate)
            _liveness.Gone(broker, process);
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(_timings.Tick, _time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            if (_decisions.Leads)
                await TickAsync(cancellation);
        }
    }

    private async Task TickAsync(CancellationToken cancellation)
    {
        long term = _log.Leadership.Term;
        if (term != _term)
        {
            _term = term;
            lock (_gate)
                _liveness.Restart(_log.Image, Now);
        }

        IReadOnlyList<LeadershipReport> reports = _reports.TakeAll();
        if (reports.Count == 0 && Judge(_log.Image).Count == 0)
            return;

        IReadOnlyList<MetadataRecord> judged = [];
        ControllerReply reply = await _decisions.DecideAsync(
            image => new Decision(
                [.. LeadershipPlanner.Merge(image, reports).Records, .. judged = Judge(image)],
                new ControllerReply(ControllerStatus.Done)),
            cancellation);
        if (reply.Status != ControllerStatus.Done)
            return;
        foreach (BrokerFenced fenced in judged.OfType<BrokerFenced>())
            ControllerLog.Fenced(_logger, fenced.Broker);
    }

    // A process that was killed has no connection any more, and is fenced by one of the next ticks only.
    private ImmutableSortedSet<BrokerId> Doubted(ClusterImage image) =>
        [.. image.Brokers.Keys.Where(broker => _sight.Seen(broker) is null)];

    private async Task<ControllerReply> MarkAsync(MarkDraining mark, CancellationToken cancellation)
    {
        DiskSurvey disks = mark.IsDraining
            ? await _sight.AskDisksAsync(
                _log.Image.Brokers.Values.Where(broker => broker.IsAlive).Select(broker => broker.Id), cancellation)
            : DiskSurvey.Nothing;
        return await _decisions.DecideAsync(
            image =>
            {
                Plan plan = DrainPlanner.Mark(image, mark.Broker, mark.IsDraining, disks.Reports);
                var decision = Decision.Of(plan, new ControllerReply(ControllerStatus.Done));
                return mark.ValidateOnly ? decision with { Records = [] } : decision;
            },
            cancellation);
    }

    private IReadOnlyList<MetadataRecord> Judge(ClusterImage image)
    {
        lock (_gate)
            return _liveness.Decide(image, Now);
    }

    private async Task<ControllerReply> RegisterAsync(RegisterBroker request, CancellationToken cancellation)
    {
        BrokerRegistered details = request.Wish.Details;
        ControllerReply reply = await _decisions.DecideAsync(
            image => Decision.Of(
                BrokerPlanner.Register(image, request.Wish, _sight.Seen(details.Broker)),
                new ControllerReply(ControllerStatus.Done)),
            cancellation);
        if (reply.Status == ControllerStatus.Done)
        {
            lock (_gate)
                _liveness.Heard(details.Broker, details.Process, Now);
        }

        return reply;
    }

    private ControllerReply Hear(BrokerHeartbeat heartbeat)
    {
        ClusterImage image = _log.Image;
        if (!image.Brokers.TryGetValue(heartbeat.Broker, out BrokerRegistration? known)
            || known.Process != heartbeat.Process)
            return new ControllerReply(ControllerStatus.RegisterFirst);

        lock (_gate)
        {
            if (heartbeat.Leaving)
                _liveness.Gone(heartbeat.Broker, heartbeat.Process);
            else
                _liveness.Heard(heartbeat.Broker, heartbeat.Process, Now);
        }

        _reports.Add(heartbeat.Reports);
        return new ControllerReply(ControllerStatus.Done) { Index = image.Index };
    }

    private static Decision Raise(ClusterImage image, RaiseFeatureLevel request)
    {
        var decision = Decision.Of(
            FeatureLevelPlanner.Raise(image, request.Level), new ControllerReply(ControllerStatus.Done));
        return request.ValidateOnly ? decision with { Records = [] } : decision;
    }

    private async Task<ControllerReply> AllocateAsync(AllocateProducerIds request, CancellationToken cancellation) =>
        await _decisions.DecideAsync(
            image => Decision.Of(
                ProducerIdPlanner.NextBlock(image, request.Broker, request.Process),
                new ControllerReply(ControllerStatus.Done)
                {
                    FirstProducerId = image.NextProducerId,
                    ProducerIds = ProducerIdPlanner.BlockSize,
                }),
            cancellation);
}

using Broker.Model;
using Broker.Server.Groups;
using Broker.Server.Transactions;

namespace Broker.Server.Configuration;

/// <summary>
/// Binds file, environment and command line to <see cref="BrokerOptions"/>; all that is wrong is told at once.
/// </summary>
public static class BrokerOptionsLoader
{
    /// <summary>The environment overrides the file, and the command line overrides both.</summary>
    /// <param name="fileName">What messages call the file.</param>
    /// <exception cref="ConfigurationException">A key is unknown, missing or wrong, or two contradict each
    /// other.</exception>
    public static BrokerOptions Load(
        string fileName,
        string json,
        IEnumerable<KeyValuePair<string, string>> environment,
        IReadOnlyList<string> arguments)
    {
        var errors = new List<string>();
        var values = new SettingValues(errors);
        values.Add(SettingSource.FromJson(fileName, json, errors));
        values.Add(SettingSource.FromEnvironment(environment));
        values.Add(SettingSource.FromArguments(arguments, errors));
        BrokerOptions? options = errors.Count == 0 ? Bind(values, errors) : null;
        return options is not null && errors.Count == 0 ? options : throw new ConfigurationException(errors);
    }

    private static BrokerOptions? Bind(SettingValues values, List<string> errors)
    {
        HostAndPort? peerBind = values.Address(Settings.PeerBind);
        var options = new BrokerOptions
        {
            Id = new BrokerId(values.Get(Settings.BrokerId)),
            Rack = values.Get(Settings.Rack) is { Length: > 0 } rack ? rack : null,
            DataDirectory = values.Get(Settings.DataDirectory) ?? "",
            Listeners = Listeners(values, errors),
            PeerBind = peerBind.GetValueOrDefault(),
            PeerAdvertised = (values.Address(Settings.PeerAdvertised) ?? peerBind).GetValueOrDefault(),
            HttpBind = values.Address(Settings.HttpBind),
            MetadataVoters = values.Get(Settings.Voters) ?? [],
            FoundingLevel = values.Get(Settings.FoundingLevel),
            Topics = Topics(values),
            Requests = Requests(values),
            Connections = Connections(values),
            Raft = Raft(values),
            Moves = Moves(values),
            Rebuilds = Rebuilds(values),
            Leadership = Leadership(values),
            Scrub = Scrub(values),
            Offsets = Offsets(values),
            Transactions = Transactions(values),
            Groups = Groups(values),
            TailCacheBytes = values.Get(Settings.TailCacheBytes),
            DiskReserveBytes = values.Get(Settings.DiskReserveBytes),
            Given = values.Given,
        };
        if (errors.Count > 0)
            return null;

        BrokerOptionsRules.Check(options, errors);
        return options;
    }

    private static List<ListenerOptions> Listeners(SettingValues values, List<string> errors)
    {
        var listeners = new List<ListenerOptions>();
        foreach (string name in values.Listeners)
        {
            HostAndPort bind = values.ListenerAddress(ListenerSettings.BindKey(name), 0).GetValueOrDefault();
            HostAndPort? advertised = values.ListenerAddress(ListenerSettings.AdvertisedKey(name), 1);
            listeners.Add(new ListenerOptions(name, bind, advertised ?? bind));
        }

        if (listeners.Count == 0)
            errors.Add("listeners.NAME.bind: no listener is given; allowed: at least one, host:port.");

        return listeners;
    }

    private static TopicOptions Topics(SettingValues values) => new()
    {
        Partitions = values.Get(Settings.Partitions),
        ReplicationFactor = values.Get(Settings.ReplicationFactor),
        MinInSyncReplicas = values.Get(Settings.MinInSyncReplicas),
        AutoCreate = values.Get(Settings.AutoCreateTopics),
        MaxNameLength = values.Get(Settings.TopicNameLength),
        RetentionTime = values.Get(Settings.RetentionTime),
        RetentionBytes = values.Get(Settings.RetentionBytes),
        RetentionCheckInterval = values.Get(Settings.RetentionCheckInterval),
        ProducerIdExpiration = values.Get(Settings.ProducerIdExpiration),
        SegmentBytes = values.Get(Settings.SegmentBytes),
        SegmentTime = values.Get(Settings.SegmentTime),
        MaxMessageBytes = values.Get(Settings.MessageBytes),
    };

    private static RequestLimits Requests(SettingValues values) => new()
    {
        MaxRequestBytes = values.Get(Settings.RequestBytes),
        MaxPartitions = values.Get(Settings.RequestPartitions),
        QueuedRequestBytes = values.Get(Settings.QueuedRequestBytes),
        QueuedResponseBytes = values.Get(Settings.QueuedResponseBytes),
        MaxFetchBytes = values.Get(Settings.FetchBytes),
        FetchSessions = values.Get(Settings.FetchSessions),
        FetchSessionPatience = values.Get(Settings.FetchSessionPatience),
    };

    private static ConnectionLimits Connections(SettingValues values) => new()
    {
        MaxConnections = values.Get(Settings.Connections),
        MaxConnectionsPerAddress = values.Get(Settings.ConnectionsPerAddress),
        MaxInFlight = values.Get(Settings.InFlight),
        MaxResponseBytes = values.Get(Settings.ConnectionResponseBytes),
        IdleTime = values.Get(Settings.IdleTime),
        StallTime = values.Get(Settings.StallTime),
    };

    private static RaftTimings Raft(SettingValues values) => new()
    {
        Tick = values.Get(Settings.Tick),
        Heartbeat = values.Get(Settings.Heartbeat),
        ElectionMin = values.Get(Settings.ElectionMin),
        ElectionMax = values.Get(Settings.ElectionMax),
        MetadataElectionMin = values.Get(Settings.MetadataElectionMin),
        MetadataElectionMax = values.Get(Settings.MetadataElectionMax),
        BrokerSession = values.Get(Settings.BrokerSession),
        ReplicaLag = values.Get(Settings.ReplicaLag),
    };

    private static MoveLimits Moves(SettingValues values) => new()
    {
        ConcurrentPartitions = values.Get(Settings.ConcurrentReassignments),
        CatchUpBytesPerSecond = values.Get(Settings.CatchUpBytes),
    };

    private static RebuildOptions Rebuilds(SettingValues values) => new()
    {
        IsOn = values.Get(Settings.RebuildReplicas),
        Delay = values.Get(Settings.ReplicaRebuildDelay),
        ConcurrentPartitions = values.Get(Settings.ConcurrentRebuilds),
    };

    private static LeadershipOptions Leadership(SettingValues values) => new()
    {
        IsRebalanced = values.Get(Settings.RebalanceLeaders),
        RebalanceDelay = values.Get(Settings.RebalanceDelay),
        RebalanceRate = values.Get(Settings.RebalanceRate),
    };

    private static ScrubOptions Scrub(SettingValues values) => new()
    {
        Interval = values.Get(Settings.ScrubInterval),
        BytesPerSecond = values.Get(Settings.ScrubBytes),
    };

    private static OffsetOptions Offsets(SettingValues values) => new()
    {
        TopicPartitions = values.Get(Settings.OffsetsPartitions),
        TopicReplicas = values.Get(Settings.OffsetsReplicas),
        MaxMetadataLength = values.Get(Settings.OffsetMetadataLength),
        Retention = TimeSpan.FromMinutes(values.Get(Settings.OffsetsRetention)),
        CommitTimeout = values.Get(Settings.OffsetCommitTimeout),
    };

    private static TransactionOptions Transactions(SettingValues values) => new()
    {
        AreServed = values.Get(Settings.ServeTransactions),
        TopicPartitions = values.Get(Settings.TransactionPartitions),
        TopicReplicas = values.Get(Settings.TransactionReplicas),
        MaxTimeout = values.Get(Settings.TransactionMaxTimeout),
        IdExpiration = values.Get(Settings.TransactionalIdExpiration),
    };

    private static GroupOptions Groups(SettingValues values) => new()
    {
        InitialRebalanceDelay = values.Get(Settings.GroupInitialRebalanceDelay),
        MinSessionTimeout = values.Get(Settings.GroupMinSession),
        MaxSessionTimeout = values.Get(Settings.GroupMaxSession),
        MaxSize = values.Get(Settings.GroupMaxSize),
    };
}

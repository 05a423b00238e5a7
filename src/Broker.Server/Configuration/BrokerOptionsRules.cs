using Broker.Model;

namespace Broker.Server.Configuration;

/// <summary>What must hold between keys, once each of them is allowed by itself.</summary>
internal static class BrokerOptionsRules
{
    public static void Check(BrokerOptions options, List<string> errors)
    {
        foreach (ListenerOptions listener in options.Listeners)
        {
            CheckAdvertised(ListenerSettings.AdvertisedKey(listener.Name), listener.Advertised, errors);
            if (options.Listeners.Any(other => other.Name != listener.Name && SameBind(other.Bind, listener.Bind)))
            {
                string key = ListenerSettings.BindKey(listener.Name);
                errors.Add($"{key}: found {listener.Bind}, which another listener binds too.");
            }
        }

        CheckAdvertised(Settings.PeerAdvertised.Key, options.PeerAdvertised, errors);
        CheckVoter(options, errors);
        Below(Settings.Heartbeat, options.Raft.Heartbeat, Settings.ElectionMin, options.Raft.ElectionMin, errors);
        Below(Settings.ElectionMin, options.Raft.ElectionMin, Settings.ElectionMax, options.Raft.ElectionMax, errors);
        Below(Settings.MetadataElectionMin, options.Raft.MetadataElectionMin,
            Settings.MetadataElectionMax, options.Raft.MetadataElectionMax, errors);
        if (options.Groups.MinSessionTimeout > options.Groups.MaxSessionTimeout)
        {
            errors.Add($"{Settings.GroupMinSession.Key}: found {options.Groups.MinSessionTimeout.TotalMilliseconds:0}; "
                + $"allowed: at most {Settings.GroupMaxSession.Key}, "
                + $"which is {options.Groups.MaxSessionTimeout.TotalMilliseconds:0}.");
        }

        if (options.Raft.Tick > options.Raft.Heartbeat)
        {
            errors.Add($"{Settings.Tick.Key}: found {options.Raft.Tick.TotalMilliseconds:0}; "
                + $"allowed: at most {Settings.Heartbeat.Key}, which is {options.Raft.Heartbeat.TotalMilliseconds:0}.");
        }

        if (options.Topics.MaxMessageBytes > options.Requests.MaxRequestBytes)
        {
            errors.Add($"{Settings.MessageBytes.Key}: found {options.Topics.MaxMessageBytes}; "
                + $"allowed: at most {Settings.RequestBytes.Key}, which is {options.Requests.MaxRequestBytes}.");
        }

        if (options.Requests.MaxRequestBytes > options.Requests.QueuedRequestBytes)
        {
            errors.Add($"{Settings.QueuedRequestBytes.Key}: found {options.Requests.QueuedRequestBytes}; "
                + $"allowed: at least {Settings.RequestBytes.Key}, which is {options.Requests.MaxRequestBytes}.");
        }
    }

    /// <summary>A wildcard says where to listen, not where somebody else can connect to.</summary>
    private static void CheckAdvertised(string key, HostAndPort address, List<string> errors)
    {
        if (address.Host is "0.0.0.0" or "::" or "*")
            errors.Add($"{key}: found {address}; allowed: an address that others can reach (a wildcard is none).");
    }

    private static void CheckVoter(BrokerOptions options, List<string> errors)
    {
        MetadataVoter? self = options.MetadataVoters.FirstOrDefault(voter => voter.Id == options.Id);
        if (self is not null && self.Address != options.PeerAdvertised)
        {
            errors.Add($"{Settings.Voters.Key}: found {self} for this broker; "
                + $"allowed: its {Settings.PeerAdvertised.Key}, which is {options.PeerAdvertised}.");
        }
    }

    private static void Below(
        SettingDefinition lower, TimeSpan low, SettingDefinition upper, TimeSpan high, List<string> errors)
    {
        if (low >= high)
        {
            errors.Add($"{lower.Key}: found {low.TotalMilliseconds:0}; "
                + $"allowed: less than {upper.Key}, which is {high.TotalMilliseconds:0}.");
        }
    }

    private static bool SameBind(HostAndPort left, HostAndPort right) => left == right && left.Port != 0;
}

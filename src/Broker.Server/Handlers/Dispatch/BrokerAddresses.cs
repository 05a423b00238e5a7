using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>Where clients reach brokers: by the listener of the same name as the one that they came in by.</summary>
internal static class BrokerAddresses
{
    /// <summary>Null if the broker has no such listener.</summary>
    public static HostAndPort? On(BrokerRegistration broker, string listener)
    {
        foreach (BrokerListener candidate in broker.Listeners)
        {
            if (candidate.Name == listener)
                return candidate.Address;
        }

        return null;
    }

    /// <summary>Of the brokers that live and can be reached by that listener, in the order of their ids.</summary>
    public static IEnumerable<(BrokerRegistration Broker, HostAndPort Address)> Alive(
        IClusterView cluster, string listener)
    {
        foreach (BrokerRegistration broker in cluster.Image.Brokers.Values)
        {
            if (cluster.IsAlive(broker.Id) && On(broker, listener) is { } address)
                yield return (broker, address);
        }
    }
}

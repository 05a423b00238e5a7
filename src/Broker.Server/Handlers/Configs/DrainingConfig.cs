using System.Globalization;
using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Handlers.Configs;

/// <summary>
/// The one config of a broker that changes while it runs: the mark of decision 0010. It is the cluster's, so that any
/// broker answers for it.
/// </summary>
internal static class DrainingConfig
{
    public const string Name = "broker.draining";

    public const string Documentation =
        "Whether the broker is to leave: it gets no new replicas, and no leadership that another replica can have.";

    /// <summary>Null, or why that is no broker's number.</summary>
    public static string? ReadBroker(string resource, out BrokerId broker)
    {
        bool isNumber = int.TryParse(resource, NumberStyles.None, CultureInfo.InvariantCulture, out int id);
        broker = new BrokerId(id);
        return isNumber ? null
            : resource.Length == 0 ? "There are no configs for all brokers together: name one."
            : $"'{resource}' is not the number of a broker.";
    }

    /// <summary>Null, or why the wish is none that can be granted.</summary>
    public static string? ReadWish(ConfigResource resource, out bool isDraining)
    {
        isDraining = false;
        if (resource is { ReplacesAll: true, Changes: [] })
            return null;
        if (resource.Changes is not [{ Name: Name } change])
            return $"Of a broker's configs only {Name} can be changed, alone; all others are read at its start.";

        return change.Operation switch
        {
            ConfigOperation.Delete => null,
            ConfigOperation.Set when bool.TryParse(change.Value, out isDraining) => null,
            ConfigOperation.Set => $"{Name}: found '{change.Value}'; allowed are true and false.",
            _ => $"{Name} is no list: it can be set and deleted only.",
        };
    }
}

using Broker.Protocol;
using Broker.Server.Groups;
using Broker.Server.Groups.Classic;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Network;

namespace Broker.Server.Handlers.Groups;

/// <summary>Finds the coordinator of a group that a member names, and says things as Kafka says them.</summary>
internal static class GroupFinder
{
    /// <summary>None and the coordinator, or why there is none to ask.</summary>
    public static ErrorCode Find(HandlerServices services, string group, out GroupCoordinator? coordinator)
    {
        coordinator = null;
        return group.Length == 0 ? ErrorCode.InvalidGroupId : services.Groups.Find(group, out coordinator);
    }

    public static string NameOf(GroupState state) => state.ToString();

    /// <summary>With the slash that Java writes before an address.</summary>
    public static string HostOf(ClientIdentity client) => "/" + client.Address;
}

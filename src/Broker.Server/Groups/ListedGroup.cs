using Broker.Server.Groups.Classic;

namespace Broker.Server.Groups;

/// <param name="ProtocolType">Empty: it never had members.</param>
internal sealed record ListedGroup(string Id, string ProtocolType, GroupState State);

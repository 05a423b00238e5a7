using Broker.Model;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Groups;

/// <summary>What is logged about groups.</summary>
internal static partial class GroupLogMessages
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition} holds a record that is not understood: {Why}")]
    public static partial void Unreadable(ILogger logger, PartitionId partition, string why);
}

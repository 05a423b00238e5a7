using Broker.Model;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Coordination;

/// <summary>What is logged about the records of coordinators.</summary>
internal static partial class CoordinationLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition} holds a record that is not understood: {Why}")]
    public static partial void Unreadable(ILogger logger, PartitionId partition, string why);
}

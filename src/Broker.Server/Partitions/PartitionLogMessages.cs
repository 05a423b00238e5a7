using Broker.Model;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Partitions;

internal static partial class PartitionLogMessages
{
    [LoggerMessage(
        2101,
        LogLevel.Error,
        "{Partition}: its checkpoint of producers has a format that is not known; they are rebuilt from the log")]
    public static partial void CheckpointUnreadable(ILogger logger, PartitionId partition);
}

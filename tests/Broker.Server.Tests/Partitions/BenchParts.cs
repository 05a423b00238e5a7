using Broker.Metadata;
using Broker.Server.Network;
using Broker.Server.Partitions;
using Broker.Server.Partitions.Reading;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Server.Tests.Partitions;

/// <summary>The partition that a bench puts something around.</summary>
internal static class BenchParts
{
    /// <summary>With every setting at its default, and a majority in reach.</summary>
    public static Partition PlainPartition(Deadlines deadlines, DiskReads reads, TimeProvider time) => new(
        ScriptedGroup.Id,
        TopicSettings.Default,
        new PartitionResources
        {
            Proposals = new ProduceProposalPool(deadlines),
            DiskReads = reads,
            HasLostMajority = _ => false,
            Time = time,
            Logger = NullLogger.Instance,
        },
        _ => { });
}

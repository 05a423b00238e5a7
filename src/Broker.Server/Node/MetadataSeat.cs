using Broker.MetadataQuorum;
using Broker.Server.Configuration;
using Broker.Storage;

namespace Broker.Server.Node;

/// <summary>
/// How this broker takes part in the metadata group: that keeps its votes beside its log, so a directory that lost
/// those of the partitions has the same seat as before.
/// </summary>
internal static class MetadataSeat
{
    public static QuorumOptions For(BrokerOptions options, DataDirectory directory, DiskReserve reserve) => new(
        directory.MetadataPath,
        options.Id,
        directory.First,
        [.. options.MetadataVoters.Select(voter => voter.Id).Order()])
    {
        ShortestElectionTimeout = options.Raft.MetadataElectionMin,
        LongestElectionTimeout = options.Raft.MetadataElectionMax,
        Reserve = reserve,
        Registered = directory.Incarnation,
        FoundingLevel = options.FoundingLevel,
    };
}

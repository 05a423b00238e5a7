using Broker.MetadataQuorum;
using Broker.Server.Configuration;
using Broker.Storage;

namespace Broker.Server.Node;

/// <summary>How this broker takes part in the metadata group.</summary>
internal static class MetadataSeat
{
    public static QuorumOptions For(BrokerOptions options, DataDirectory directory, DiskReserve reserve) => new(
        directory.MetadataPath,
        options.Id,
        directory.Incarnation,
        [.. options.MetadataVoters.Select(voter => voter.Id).Order()])
    {
        ShortestElectionTimeout = options.Raft.MetadataElectionMin,
        LongestElectionTimeout = options.Raft.MetadataElectionMax,
        Reserve = reserve,
        FoundingLevel = options.FoundingLevel,
    };
}

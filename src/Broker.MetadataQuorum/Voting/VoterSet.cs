using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using Broker.Model;
using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft.Membership;

namespace Broker.MetadataQuorum;

/// <summary>The voters, as DotNext wants a configuration: a set of addresses that writes itself. Immutable.</summary>
internal sealed class VoterSet(ImmutableSortedSet<BrokerId> voters) : IClusterConfiguration<EndPoint>
{
    private readonly byte[] _bytes = Encode(voters);

    public ImmutableSortedSet<BrokerId> Voters => voters;

    public IReadOnlySet<EndPoint> Members { get; } = voters.Select(VoterAddress.Of).ToImmutableHashSet();

    bool IDataTransferObject.IsReusable => true;

    long? IDataTransferObject.Length => _bytes.Length;

    public ReadOnlyMemory<byte> Bytes => _bytes;

    public static VoterSet Decode(ReadOnlySpan<byte> bytes)
    {
        ImmutableSortedSet<BrokerId>.Builder voters = ImmutableSortedSet.CreateBuilder<BrokerId>();
        for (int at = 0; at + sizeof(int) <= bytes.Length; at += sizeof(int))
        {
            voters.Add(new BrokerId(BinaryPrimitives.ReadInt32LittleEndian(bytes[at..])));
        }

        return new VoterSet(voters.ToImmutable());
    }

    public IClusterConfiguration<EndPoint> Add(EndPoint address) => With(voters.Add(VoterAddress.Read(address)));

    public IClusterConfiguration<EndPoint> Remove(EndPoint address) => With(voters.Remove(VoterAddress.Read(address)));

    bool IDataTransferObject.TryGetMemory(out ReadOnlyMemory<byte> memory)
    {
        memory = _bytes;
        return true;
    }

    ValueTask IDataTransferObject.WriteToAsync<TWriter>(TWriter writer, CancellationToken token) =>
        writer.Invoke(_bytes, token);

    private VoterSet With(ImmutableSortedSet<BrokerId> changed) => changed == voters ? this : new VoterSet(changed);

    private static byte[] Encode(ImmutableSortedSet<BrokerId> voters)
    {
        byte[] bytes = new byte[voters.Count * sizeof(int)];
        int at = 0;
        foreach (BrokerId voter in voters)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), voter.Value);
            at += sizeof(int);
        }

        return bytes;
    }
}

using System.Buffers.Binary;
using System.Net;
using Broker.Storage;
using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft.Membership;

namespace Broker.MetadataQuorum;

/// <summary>
/// The file that holds the voters and the log index at which they came into force. DotNext's own store flushes in a
/// way that hides a failed flush; this one goes through Storage.
/// </summary>
internal sealed class VoterStore(IFileSystem files, string path) : IClusterConfigurationStorage<EndPoint>
{
    private VoterSet? _voters;
    private long _version;

    public event Func<IClusterConfiguration<EndPoint>, CancellationToken, ValueTask>? ConfigurationChanged;

    public VoterSet Load()
    {
        if (_voters is null)
        {
            byte[] content = SealedFile.Read(files, path) ?? throw new StorageException($"{path} is missing");
            _version = BinaryPrimitives.ReadInt64LittleEndian(content);
            _voters = VoterSet.Decode(content.AsSpan(sizeof(long)));
        }

        return _voters;
    }

    public void Save(VoterSet voters, long version)
    {
        byte[] content = new byte[sizeof(long) + voters.Bytes.Length];
        BinaryPrimitives.WriteInt64LittleEndian(content, version);
        voters.Bytes.Span.CopyTo(content.AsSpan(sizeof(long)));
        SealedFile.Replace(files, path, content);
        _voters = voters;
        _version = version;
    }

    public ValueTask<IClusterConfiguration<EndPoint>> LoadConfigurationAsync(CancellationToken token) =>
        new(Load());

    ValueTask<(IDataTransferObject Configuration, long Version)> IClusterConfigurationStorage.LoadConfigurationAsync(
        CancellationToken token) => new((Load(), _version));

    public async ValueTask<bool> SaveConfigurationAsync<TConfiguration>(
        TConfiguration configuration, long configurationVersion, CancellationToken token)
        where TConfiguration : IDataTransferObject
    {
        Load();
        if (configurationVersion <= _version)
        {
            return false;
        }

        VoterSet voters = VoterSet.Decode(await configuration.ToByteArrayAsync(token: token));
        Save(voters, configurationVersion);
        if (ConfigurationChanged is { } handler)
        {
            await handler(voters, token);
        }

        return true;
    }

    public void Dispose()
    {
    }
}

using System.Buffers.Binary;
using System.Net;
using Broker.Storage;
using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft.Membership;

namespace Broker.MetadataQuorum;

/// <summary>
/// The file that holds the voters and the log index at which they came into force. DotNext's own store flushes in a
/// way that hides a failed flush; this one goes through Storage. One save at a time, and never back.
/// </summary>
internal sealed class VoterStore(IFileSystem files, string path) : IClusterConfigurationStorage<EndPoint>
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile VoterSet? _set;
    private volatile VoterRoll? _roll;

    public event Func<IClusterConfiguration<EndPoint>, CancellationToken, ValueTask>? ConfigurationChanged;

    /// <summary>Called after each save with what was before and what is now; does not block.</summary>
    public Action<VoterRoll, VoterRoll>? Saved { get; init; }

    /// <summary>What is in force here. <see cref="Load"/> was called before.</summary>
    public VoterRoll Roll => _roll ?? throw new InvalidOperationException("Not loaded.");

    public VoterSet Load()
    {
        if (_set is not { } set)
        {
            byte[] content = SealedFile.Read(files, path) ?? throw new StorageException($"{path} is missing");
            _set = set = VoterSet.Decode(content.AsSpan(sizeof(long)));
            _roll = new VoterRoll(BinaryPrimitives.ReadInt64LittleEndian(content), set.Voters);
        }

        return set;
    }

    public void Save(VoterSet voters, long version)
    {
        byte[] content = new byte[sizeof(long) + voters.Bytes.Length];
        BinaryPrimitives.WriteInt64LittleEndian(content, version);
        voters.Bytes.Span.CopyTo(content.AsSpan(sizeof(long)));
        SealedFile.Replace(files, path, content);
        _set = voters;
        _roll = new VoterRoll(version, voters.Voters);
    }

    /// <summary>Takes what another broker knows to be committed. False if this one knows as much.</summary>
    public ValueTask<bool> AdoptAsync(VoterRoll roll, CancellationToken token) =>
        SaveAsync(new VoterSet(roll.Voters), roll.Version, token);

    public ValueTask<IClusterConfiguration<EndPoint>> LoadConfigurationAsync(CancellationToken token) =>
        new(Load());

    ValueTask<(IDataTransferObject Configuration, long Version)> IClusterConfigurationStorage.LoadConfigurationAsync(
        CancellationToken token) => new((Load(), Roll.Version));

    public async ValueTask<bool> SaveConfigurationAsync<TConfiguration>(
        TConfiguration configuration, long configurationVersion, CancellationToken token)
        where TConfiguration : IDataTransferObject =>
        await SaveAsync(
            VoterSet.Decode(await configuration.ToByteArrayAsync(token: token)), configurationVersion, token);

    public void Dispose()
    {
    }

    private async ValueTask<bool> SaveAsync(VoterSet voters, long version, CancellationToken token)
    {
        await _gate.WaitAsync(token);
        try
        {
            Load();
            if (version <= Roll.Version)
            {
                return false;
            }

            VoterRoll before = Roll;
            Save(voters, version);
            if (ConfigurationChanged is { } handler)
            {
                await handler(voters, token);
            }

            Saved?.Invoke(before, Roll);
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }
}

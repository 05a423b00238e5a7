using System.Buffers;
using Broker.Model;
using Broker.Storage;
using MessagePack;
using Microsoft.Extensions.Logging;

namespace Broker.Replication;

// A replica is built anew where its leader's log no longer has what it lacks: it is new, was wiped or damaged, or was
// away for longer than records are kept.
//   the leader tells it so, again and again                     Ready.BeginAnew
//   it asks for a base: where the leader's log begins, and what was applied since   here, a few groups at a time
//   nothing that it takes from now on counts, and the base is put beside its log    GroupOwner.BeginAnew, BaseFile
//   it is stopped and started: its log begins behind the base   the broker, as after damage
//   what follows it is sent like any follower that is behind    CatchUpLane: from disk, bulk connection, bounded pace

/// <summary>Fetches bases for this broker's replicas, and gives them out where it leads. Any thread.</summary>
internal sealed class Rebuilds
{
    private const int AtOnce = 4;

    private static readonly PeerMethod GiveBase = new(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly PeerMesh _mesh;
    private readonly ILogger _log;
    private readonly Turns _turns = new(AtOnce);
    private readonly CancellationTokenSource _ended = new();

    public Rebuilds(PeerMesh mesh, Func<PartitionId, Replica?> find, ILogger log)
    {
        _mesh = mesh;
        _log = log;
        mesh.Handle(GiveBase, (_, body, token) => GiveAsync(find(Read(body)), token));
    }

    /// <summary>The owner hears of it by a command, once.</summary>
    public async Task AskAsync(GroupOwner owner, BrokerId leader)
    {
        LogBase? found = null;
        try
        {
            await _turns.EnterAsync(_ended.Token);
            try
            {
                PeerReply reply = await _mesh.CallAsync(leader, GiveBase, Write(owner.Id), Patience, _ended.Token);
                if (reply.Status == PeerCallStatus.Ok && LogBase.TryRead(reply.Body, out found))
                    _log.BeginsAnew(owner.Id, leader, found.Index, found.Checkpoint.Index);
            }
            finally
            {
                _turns.Leave();
            }
        }
        catch (OperationCanceledException)
        {
            // The broker ends.
        }

        owner.Replica.Tell(told => told.BaseCame(found));
    }

    public void End() => _ended.Cancel();

    private static async ValueTask<ReadOnlyMemory<byte>> GiveAsync(Replica? replica, CancellationToken token) =>
        replica is not null && await replica.BaseAsync(token) is { } begin ? begin.ToBytes() : default;

    private static byte[] Write(PartitionId id)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(bytes);
        writer.WriteGuid(id.Topic.Value);
        writer.Write(id.Index);
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    private static PartitionId Read(ReadOnlyMemory<byte> body)
    {
        var reader = new MessagePackReader(body);
        return new PartitionId(new TopicId(reader.ReadGuid()), reader.ReadInt32());
    }
}

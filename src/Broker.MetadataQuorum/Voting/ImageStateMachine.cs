using System.Buffers;
using Broker.Metadata;
using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;

namespace Broker.MetadataQuorum;

/// <summary>
/// Applies what the group committed to the image, in order, and bounds the log by snapshots of it. DotNext calls from
/// one task at a time; only <see cref="Snapshot"/> is read beside it.
/// </summary>
internal sealed class ImageStateMachine : IStateMachine
{
    private readonly ImageFeed _feed;
    private readonly SnapshotStore _store;
    private readonly VoterStore _voters;
    private readonly int _entriesPerSnapshot;
    private volatile SnapshotEntry? _snapshot;
    private int _entriesSinceSnapshot;

    public ImageStateMachine(ImageFeed feed, SnapshotStore store, VoterStore voters, int entriesPerSnapshot)
    {
        _feed = feed;
        _store = store;
        _voters = voters;
        _entriesPerSnapshot = entriesPerSnapshot;
        _snapshot = store.LoadNewest();
        if (_snapshot is not null)
        {
            feed.Load(ImageCodec.Decode(new ReadOnlySequence<byte>(_snapshot.Image)));
        }
    }

    public ISnapshot? Snapshot => _snapshot;

    public async ValueTask<long> ApplyAsync(LogEntry entry, CancellationToken token)
    {
        if (entry.IsSnapshot)
        {
            Install(entry.Index, entry.Term, await entry.ToByteArrayAsync(token: token));
        }
        else if (entry.IsConfiguration)
        {
            // DotNext saves configurations by itself, but for those that it applies while it opens the log: a process
            // may have ended between a commit and its application.
            await _voters.SaveConfigurationAsync(entry, entry.Index, token);
        }
        else if (entry.TryGetPayload(out ReadOnlySequence<byte> payload) && !payload.IsEmpty)
        {
            byte[] bytes = payload.ToArray();
            EntryEffect effect = _feed.Apply(
                RecordCodec.Decode(new ReadOnlySequence<byte>(bytes)), bytes, entry.Index);
            (entry.Context as Proposal)?.Applied(entry.Index, entry.Term, effect);

            // The image is further where this broker followed others before it had a log; it will not stay so.
            ClusterImage image = _feed.Image;
            if (++_entriesSinceSnapshot >= _entriesPerSnapshot && image.Index == entry.Index)
            {
                Save(new SnapshotEntry(entry.Index, entry.Term, ImageCodec.Encode(image)));
            }
        }

        return entry.Index;
    }

    public ValueTask ReclaimGarbageAsync(long watermark, CancellationToken token)
    {
        _store.DeleteBefore(watermark);
        return ValueTask.CompletedTask;
    }

    private void Install(long index, long term, byte[] bytes)
    {
        ClusterImage image = ImageCodec.Decode(new ReadOnlySequence<byte>(bytes));
        Save(new SnapshotEntry(index, term, bytes));
        _feed.Load(image);
    }

    private void Save(SnapshotEntry snapshot)
    {
        _store.Save(snapshot);
        _snapshot = snapshot;
        _entriesSinceSnapshot = 0;
    }
}

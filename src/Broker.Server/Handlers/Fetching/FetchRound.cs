using System.Runtime.CompilerServices;
using Broker.Protocol.Messages;
using Broker.Server.Network.Frames;

namespace Broker.Server.Handlers.Fetching;

/// <summary>
/// The partitions of one fetch and the records that were read for it, whose buffers it holds until the response is
/// sent.
/// Then it is disposed, which gives the buffers and their memory back, and is used again.
/// </summary>
internal sealed class FetchRound(FetchRoundPool pool, ResponseMemory memory) : IDisposable
{
    private readonly List<FetchPart> _parts = [];
    private long _taken;

    public int Count { get; private set; }

    /// <summary>Whose partitions these are; null for a fetch that goes by no session, or begins one.</summary>
    public FetchSession? Session { get; set; }

    public FetchPart this[int index] => _parts[index];

    public FetchPart Add()
    {
        if (Count == _parts.Count)
            _parts.Add(new FetchPart());

        return _parts[Count++];
    }

    /// <summary>False: the request asks for more partitions than there may be.</summary>
    public bool TryAsk(FetchRequest request, int most)
    {
        foreach (FetchRequest.FetchTopic topic in request.Topics)
        {
            foreach (FetchRequest.FetchPartition wanted in topic.Partitions)
            {
                if (Count == most)
                    return false;

                Add().Ask(
                    FetchKey.Of(topic, wanted),
                    FetchPart.PositionOf(wanted, request),
                    Math.Max(0, wanted.PartitionMaxBytes));
            }
        }

        return true;
    }

    /// <summary>
    /// Reads all partitions anew. True if there is enough to answer with, or something that cannot wait.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReadAsync(int minBytes, int maxBytes)
    {
        GiveBack();
        int room = memory.Room(maxBytes);
        long total = 0;
        bool isDecided = false;
        for (int i = 0; i < Count; i++)
        {
            FetchPart part = _parts[i];
            part.Slices.Clear();
            if (part.Partition is not null)
            {
                int most = (int)Math.Clamp(room - total, 0, part.MaxBytes);
                part.Outcome = await part.Partition.ReadAsync(part.Position, most, total == 0, part.Slices);
                total += part.Slices.Bytes;
            }

            isDecided |= part.IsDecided;
        }

        _taken = total;
        memory.Take(total);
        return isDecided || total >= Math.Min(minBytes, room) && (total > 0 || minBytes <= 0);
    }

    public void Watch(FetchWait wait)
    {
        for (int i = 0; i < Count; i++)
            _parts[i].Partition?.Watch(wait);
    }

    public void Unwatch(FetchWait wait)
    {
        for (int i = 0; i < Count; i++)
            _parts[i].Partition?.Unwatch(wait);
    }

    public void Dispose()
    {
        GiveBack();
        for (int i = 0; i < Count; i++)
            _parts[i].Clear();

        Count = 0;
        Session = null;
        pool.Return(this);
    }

    private void GiveBack()
    {
        memory.Give(_taken);
        _taken = 0;
    }
}

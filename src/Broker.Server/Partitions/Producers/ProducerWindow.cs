using System.Runtime.CompilerServices;
using Broker.Model;

namespace Broker.Server.Partitions.Producers;

/// <summary>
/// One producer's state: its epoch and its last five batches, oldest first. A value, so that the state before an
/// uncommitted batch can be kept beside it and put back.
/// </summary>
public struct ProducerWindow
{
    /// <summary>How many batches a client may have in flight and still retry any of them (KIP-98).</summary>
    public const int Size = 5;

    private Batches _batches;

    public ProducerWindow(short epoch, long touchedAt)
    {
        Epoch = epoch;
        TouchedAt = touchedAt;
    }

    public short Epoch { get; }

    public int Count { get; private set; }

    /// <summary>When the producer last wrote, by this broker's clock in Unix milliseconds: what expiry goes
    /// by.</summary>
    public long TouchedAt { get; private set; }

    public readonly StoredBatch this[int position] => _batches[position];

    public readonly int LastSequence => Count == 0 ? -1 : _batches[Count - 1].LastSequence;

    public void Push(in StoredBatch batch, long now)
    {
        if (Count == Size)
        {
            for (int i = 1; i < Size; i++)
                _batches[i - 1] = _batches[i];
            Count--;
        }

        _batches[Count++] = batch;
        TouchedAt = now;
    }

    public readonly bool TryFind(int firstSequence, int lastSequence, out StoredBatch found)
    {
        for (int i = Count - 1; i >= 0; i--)
        {
            found = _batches[i];
            if (found.FirstSequence == firstSequence && found.LastSequence == lastSequence)
                return true;
        }

        found = default;
        return false;
    }

    [InlineArray(Size)]
    private struct Batches
    {
        private StoredBatch _first;
    }
}

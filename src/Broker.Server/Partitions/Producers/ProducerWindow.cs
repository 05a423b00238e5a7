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

    private static readonly Offset NotOpen = new(-1);

    private Batches _batches;

    public ProducerWindow(short epoch, long touchedAt)
    {
        Epoch = epoch;
        TouchedAt = touchedAt;
        OpenSince = NotOpen;
        CoordinatorEpoch = -1;
    }

    public short Epoch { get; }

    public int Count { get; private set; }

    /// <summary>When the producer last wrote, by this broker's clock in Unix milliseconds: what expiry goes
    /// by.</summary>
    public long TouchedAt { get; private set; }

    /// <summary>Where the producer's open transaction begins; -1 if none is open.</summary>
    public Offset OpenSince { get; private set; }

    /// <summary>Of the newest coordinator that has ended a transaction of the producer; -1: none has.</summary>
    public int CoordinatorEpoch { get; private set; }

    public readonly bool IsOpen => OpenSince != NotOpen;

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

    /// <summary>What is left when the producer goes on in another epoch: a transaction stays open until it is
    /// ended.</summary>
    public readonly ProducerWindow In(short epoch, long now) => new(epoch, now)
    {
        OpenSince = OpenSince,
        CoordinatorEpoch = CoordinatorEpoch,
    };

    /// <summary>A transactional batch stands at an offset; nothing new where one is open.</summary>
    public void Open(Offset at, long now) => (OpenSince, TouchedAt) = (IsOpen ? OpenSince : at, now);

    public void End(int coordinatorEpoch, long now) =>
        (OpenSince, CoordinatorEpoch, TouchedAt) = (NotOpen, coordinatorEpoch, now);

    /// <summary>As a checkpoint has it.</summary>
    public void Restore(Offset openSince, int coordinatorEpoch) =>
        (OpenSince, CoordinatorEpoch) = (openSince, coordinatorEpoch);

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

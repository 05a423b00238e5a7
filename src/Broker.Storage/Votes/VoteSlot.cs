using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// What one of the vote journal's two files holds: the blocks of its newest generation, and where they end. Found by
/// looking at every sector, because a damaged block's length cannot be believed.
/// </summary>
internal sealed class VoteSlot
{
    private readonly byte[] _bytes;
    private readonly SortedDictionary<long, (int At, int Length)> _blocks = [];

    private VoteSlot(byte[] bytes) => _bytes = bytes;

    /// <summary>The newest generation of which a block is valid; 0 if none is.</summary>
    public long Generation { get; private set; }

    public long LastSequence { get; private set; } = -1;

    /// <summary>Where the next block goes.</summary>
    public long End { get; private set; }

    public static VoteSlot Read(IFile file, Incarnation incarnation)
    {
        byte[] bytes = new byte[file.Length];
        int length = file.Read(bytes, 0);
        var slot = new VoteSlot(bytes);
        int at = 0;
        while (at < length)
            at += slot.Look(at, incarnation);
        return slot;
    }

    /// <summary>The first block that is missing though later ones are there, or −1.</summary>
    public long FirstGap()
    {
        long expected = 0;
        foreach (long sequence in _blocks.Keys)
        {
            if (sequence != expected)
                return expected;
            expected++;
        }

        return -1;
    }

    public void ApplyTo(Dictionary<PartitionId, GroupState> states)
    {
        foreach ((int at, int length) in _blocks.Values)
            VoteBlock.Apply(_bytes.AsSpan(at, length), states);
    }

    /// <summary>Takes in the block that begins here, if any. Returns by how much to go on.</summary>
    private int Look(int at, Incarnation incarnation)
    {
        if (!VoteBlock.TryRead(_bytes.AsSpan(at), out Incarnation owner, out long generation, out long sequence,
                out int length))
        {
            return VoteBlock.Sector;
        }

        int padded = (length + VoteBlock.Sector - 1) / VoteBlock.Sector * VoteBlock.Sector;
        if (owner != incarnation)
        {
            throw new VoteJournalDamagedException(
                $"the votes belong to the data directory's incarnation {owner}, not to {incarnation}: " +
                "a votes/ directory was copied from elsewhere");
        }

        if (generation > Generation)
        {
            _blocks.Clear();
            Generation = generation;
            LastSequence = -1;
        }

        if (generation == Generation)
        {
            _blocks[sequence] = (at, length);
            if (sequence >= LastSequence)
            {
                LastSequence = sequence;
                End = at + padded;
            }
        }

        return padded;
    }
}

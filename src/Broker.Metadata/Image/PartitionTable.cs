using System.Collections;

namespace Broker.Metadata;

/// <summary>
/// A topic's partitions: immutable, indexed, and cheap to change a few of. Changing one of 10,000 copies one chunk and
/// the list of chunks, not 10,000 references.
/// </summary>
public sealed class PartitionTable : IReadOnlyList<PartitionImage>
{
    private const int ChunkSize = 64;

    public static readonly PartitionTable Empty = new([], 0);

    private readonly PartitionImage[][] _chunks;

    private PartitionTable(PartitionImage[][] chunks, int count)
    {
        _chunks = chunks;
        Count = count;
    }

    public int Count { get; }

    public PartitionImage this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _chunks[index / ChunkSize][index % ChunkSize];
        }
    }

    public static PartitionTable Of(IEnumerable<PartitionImage> partitions)
    {
        PartitionImage[][] chunks = partitions.Chunk(ChunkSize).ToArray();
        return new PartitionTable(chunks, chunks.Sum(chunk => chunk.Length));
    }

    public PartitionTable Append(IEnumerable<PartitionImage> partitions) => Of(this.Concat(partitions));

    /// <summary>Replaces partitions; the changes come in any order.</summary>
    public PartitionTable With(IEnumerable<KeyValuePair<int, PartitionImage>> changes)
    {
        PartitionImage[][] chunks = (PartitionImage[][])_chunks.Clone();
        foreach ((int index, PartitionImage partition) in changes)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(changes));
            ref PartitionImage[] chunk = ref chunks[index / ChunkSize];
            if (ReferenceEquals(chunk, _chunks[index / ChunkSize]))
            {
                chunk = (PartitionImage[])chunk.Clone();
            }

            chunk[index % ChunkSize] = partition;
        }

        return new PartitionTable(chunks, Count);
    }

    public IEnumerator<PartitionImage> GetEnumerator() => _chunks.SelectMany(chunk => chunk).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

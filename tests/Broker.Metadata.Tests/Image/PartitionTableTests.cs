using Broker.Model;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Metadata.Tests;

public sealed class PartitionTableTests
{
    [Property]
    public void A_table_is_what_a_list_would_be(ushort size, ushort added, ushort[] changed)
    {
        List<PartitionImage> list = [.. Enumerable.Range(0, size % 500).Select(Partition)];
        PartitionTable table = PartitionTable.Of(list);
        PartitionTable before = table;
        PartitionImage[] kept = [.. list];
        list.AddRange(Enumerable.Range(1000, added % 200).Select(Partition));
        table = table.Append(list.Skip(kept.Length));
        if (list.Count > 0)
        {
            table = table.With(changed.Select(at => KeyValuePair.Create(at % list.Count, Partition(at))));
            foreach (ushort at in changed)
            {
                list[at % list.Count] = Partition(at);
            }
        }

        Assert.Equal(list.Select(partition => partition.CreatedAt), table.Select(partition => partition.CreatedAt));
        Assert.Equal(kept, before);
        Assert.Equal(list.Count, table.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => table[list.Count]);
    }

    private static PartitionImage Partition(int number) => new([], BrokerId.None, Term.Zero, [], number);
}

namespace Broker.Client.Producing;

/// <summary>
/// Places records as Java clients do: a key by its hash; records without a key stay on one partition until a batch is
/// full and then go on to the next (KIP-480), which makes few large batches instead of many small ones.
/// </summary>
internal sealed class Partitioner
{
    private readonly Lock _lock = new();
    private int _sticky = Random.Shared.Next();
    private long _onSticky;

    public int Choose(ProducerRecord record, int partitions, int size, int batchBytes)
    {
        if (record.Key is { } key)
        {
            return (int)((Murmur2.Hash(key.Span) & int.MaxValue) % (uint)partitions);
        }

        lock (_lock)
        {
            _onSticky += size;
            if (_onSticky > batchBytes)
            {
                _sticky++;
                _onSticky = size;
            }

            return (int)((uint)_sticky % (uint)partitions);
        }
    }
}

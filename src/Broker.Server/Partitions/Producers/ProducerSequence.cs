namespace Broker.Server.Partitions.Producers;

/// <summary>Sequence numbers count records from 0 to int32's maximum and then begin at 0 again (KIP-98).</summary>
public static class ProducerSequence
{
    public static int Add(int sequence, int records) => (int)(((long)sequence + records) & int.MaxValue);

    public static bool Follows(int last, int next) => Add(last, 1) == next;
}

namespace Broker.Server.Partitions;

/// <summary>Waits for something to change in a partition.</summary>
public abstract class PartitionWaiter
{
    /// <summary>Called once, by the owner of the partition's group: quick, and never blocking.</summary>
    public abstract void Wake();
}

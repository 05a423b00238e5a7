namespace Broker.Metadata;

/// <summary>Why replicas of a broker that is gone are not rebuilt elsewhere.</summary>
public enum RebuildObstacle
{
    /// <summary>Every broker that lives and takes replicas has one of the partition already.</summary>
    NoRoom,

    /// <summary>None of the brokers that could take one has that much room on its disk.</summary>
    DisksFull,

    /// <summary>No majority of the replicas lives: nobody could lead the group there, or knows all it had.</summary>
    NoMajority,
}

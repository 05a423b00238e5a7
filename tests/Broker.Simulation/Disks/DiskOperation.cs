namespace Broker.Simulation.Disks;

/// <summary>What changes a disk, and so is a moment at which the power may fail.</summary>
public enum DiskOperation
{
    Create,
    Write,
    SetLength,
    Rename,
    Delete,
    Flush,
    FlushDirectory,
    FlushFileSystem,
}

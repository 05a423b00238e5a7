namespace Broker.Server.Network;

/// <summary>
/// Something that ends at a time if nothing else ends it first. It waits in at most one <see cref="Deadlines"/>.
/// </summary>
public abstract class Deadline
{
    /// <summary>When it expires, as a timestamp of the broker's TimeProvider.</summary>
    internal long Due { get; set; }

    /// <summary>Its place in the heap; negative where it is in none. Guarded by the heap's lock.</summary>
    internal int Place { get; set; } = -1;

    /// <summary>
    /// Called once, on the timer's thread, after the deadline has left the heap: cheap, and never blocking.
    /// </summary>
    protected internal abstract void Expired();
}

namespace Broker.Replication;

/// <summary>
/// Hands out the loops on which everything that is not an I/O continuation runs. The simulator has one too.
/// </summary>
public interface IScheduler
{
    /// <summary>
    /// Makes a loop that runs <paramref name="round"/> whenever it has been signalled. An exception that leaves a round
    /// is a broken invariant: it ends the process.
    /// </summary>
    ILoop CreateLoop(string name, LoopKind kind, Action round);
}

using DotNext.Net.Cluster.Consensus.Raft;

namespace Broker.MetadataQuorum;

/// <summary>
/// Tells the other voters at once what the leader has committed. They hear of a commit with the leader's next message
/// only; left to heartbeats, every decision would take effect elsewhere a good part of an election timeout later. What
/// is committed while a round is under way goes with the next one, so that there is never more than one.
/// </summary>
internal sealed class CommitNews(RaftCluster cluster)
{
    private readonly SemaphoreSlim _committed = new(0);

    public void Committed() => _committed.Release();

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await _committed.WaitAsync(stopping);
                while (_committed.Wait(TimeSpan.Zero, CancellationToken.None))
                {
                    // One round tells of all.
                }

                await TellAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task TellAsync(CancellationToken stopping)
    {
        try
        {
            await cluster.ForceReplicationAsync(stopping);
        }
        catch (Exception e) when (e is NotLeaderException or ObjectDisposedException or OperationCanceledException)
        {
            // The next leader tells; or nobody, where this one stops, which the loop sees.
        }
    }
}

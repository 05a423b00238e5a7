namespace Broker.Replication;

/// <summary>What still comes to a group that has ended: nobody waits for it in vain, and what it holds is given
/// back.</summary>
internal static class Undelivered
{
    public static void GiveBack(in ReplicaEvent item, GroupOwner ended, PeerMemory memory)
    {
        if (item.Item is Proposal proposal)
        {
            ended.Replica.Quota.Give(proposal.Bytes);
            proposal.Failed(ProposalFailure.Stopping);
        }
        else if (item.Item is EntryBatch batch)
        {
            memory.Give(batch.Bytes);
            batch.Release();
        }
        else if (item.Item is Action<GroupOwner> command)
        {
            command(ended);
        }
    }
}

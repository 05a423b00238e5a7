using Broker.Model;

namespace Broker.Replication;

/// <summary>
/// Something that wants to be appended to a group's log. Its methods are called by the group's owner and must not
/// block; after <see cref="ProposalStep.Done"/>, <see cref="Completed"/> or <see cref="Failed"/> it is its maker's
/// again.
/// </summary>
public abstract class Proposal
{
    /// <summary>On how many replicas it has to be flushed (min.insync.replicas); a quorum in any case.</summary>
    public abstract int RequiredReplicas { get; }

    /// <summary>The leader's own flush is enough (acks=1); may be lost with the leader.</summary>
    public virtual bool LeaderOnly => false;

    /// <summary>False: it is appended even where the disk has no room for records.</summary>
    public virtual bool TakesRoomOfRecords => true;

    /// <summary>What it occupies in memory; counts against the group's bound until it is answered.</summary>
    public abstract int Bytes { get; }

    /// <summary>
    /// The one step that appends: everything that depends on the log's end is checked and stamped here.
    /// </summary>
    protected internal abstract ProposalStep Prepare(in AppendPoint point);

    /// <summary>
    /// The entry at <paramref name="index"/> is committed and flushed as often as asked for; with
    /// <see cref="LeaderOnly"/>, flushed here.
    /// </summary>
    protected internal abstract void Completed(LogIndex index);

    protected internal abstract void Failed(ProposalFailure failure);
}

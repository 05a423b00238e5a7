using System.Buffers;
using Broker.Model;

namespace Broker.Server.Coordination;

/// <summary>
/// What the entries of one partition of a coordinators' topic mean. Every replica has one and keeps it up to date; the
/// leader's answers requests. Called by the group's owner, as <see cref="Replication.IReplicaStateMachine"/> says.
/// </summary>
/// <typeparam name="TRecord">A record, understood.</typeparam>
internal interface ICoordinator<TRecord>
{
    PartitionId Id { get; }

    /// <summary>In which this replica coordinates; -1 while it does not.</summary>
    Term Term { get; }

    /// <summary>Before anything else: what a checkpoint says; returns what the partition itself remembers.</summary>
    ReadOnlySpan<byte> Restore(ReadOnlySpan<byte> checkpoint);

    void WriteCheckpoint(IBufferWriter<byte> into, ReadOnlySpan<byte> partition);

    /// <summary>What an entry says, once it is committed. The bytes are only good during the call.</summary>
    IReadOnlyList<TRecord> Read(ReadOnlyMemory<byte> batch);

    /// <summary>Records of an entry that is committed.</summary>
    void Apply(IReadOnlyList<TRecord> records);

    /// <summary>An entry of the term in which this replica leads is committed, and all before it is applied.</summary>
    void Lead(Term term);

    void Depose();
}

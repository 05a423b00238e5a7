namespace Broker.Server.Partitions.Transactions;

/// <summary>What became of a marker.</summary>
internal enum EndOutcome : byte
{
    /// <summary>It is committed, or the transaction has ended long ago.</summary>
    Ended,

    /// <summary>Nothing was written: another replica leads, or the term is another one.</summary>
    NotLeader,

    /// <summary>It may be written, or may not: it has to be sent again.</summary>
    Unknown,

    /// <summary>The producer or the coordinator is fenced: whoever fenced it ends the transaction, or has.</summary>
    Fenced,
}

namespace Broker.Replication;

public enum DeletionOutcome : byte
{
    /// <summary>The log start is committed, and applied here; or it lay there already.</summary>
    Done,

    /// <summary>There is no such place among the committed records: nothing was deleted.</summary>
    OutOfRange,

    /// <summary>This replica does not lead, or does not know yet what is committed: nothing was deleted.</summary>
    NotLeader,

    /// <summary>The group has too much in hand: nothing was deleted.</summary>
    Busy,

    /// <summary>It was appended; whether it is or will be committed is not known.</summary>
    Unknown,
}

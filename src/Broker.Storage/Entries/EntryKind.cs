namespace Broker.Storage;

/// <summary>What an entry is. Numbers are on disk and on the wire: they never change.</summary>
public enum EntryKind : byte
{
    /// <summary>Exactly one Kafka record batch (v2). The only kind that takes offsets.</summary>
    Data = 1,

    /// <summary>The first entry of a leader's term.</summary>
    NoOp = 2,

    /// <summary>The group's voters.</summary>
    Configuration = 3,

    /// <summary>A new log start: what lies below may be deleted once this is committed.</summary>
    LogStart = 4,

    /// <summary>Reserved for checkpoints that travel in the log.</summary>
    Checkpoint = 5,

    /// <summary>
    /// Not an entry, but what compaction leaves where entries were: how many indexes and offsets are gone. Only in
    /// segments that were cleaned; never appended, sent or shown.
    /// </summary>
    Hole = 6,
}

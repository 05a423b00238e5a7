namespace Broker.Protocol.Records;

/// <summary>What the validator found.</summary>
/// <param name="Fault"><see cref="BatchFault.None"/> if the batch may be appended.</param>
/// <param name="Header">The header; default if there were too few bytes for one.</param>
/// <param name="MaxTimestamp">The largest timestamp: of the records where they were walked, else what the header
/// says.</param>
/// <param name="BadRecord">The index of the record that was refused, or -1.</param>
/// <param name="Message">Why, for a person; null if nothing is wrong.</param>
public readonly record struct BatchVerdict(
    BatchFault Fault, RecordBatchHeader Header, long MaxTimestamp, int BadRecord, string? Message)
{
    public bool IsValid => Fault == BatchFault.None;
}

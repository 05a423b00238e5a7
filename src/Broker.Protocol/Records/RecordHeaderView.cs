namespace Broker.Protocol.Records;

/// <summary>One header of a record, as spans over its batch.</summary>
public readonly ref struct RecordHeaderView
{
    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    public bool HasValue { get; init; }
    public ReadOnlySpan<byte> Value { get; init; }
}

namespace Broker.Client;

/// <summary>How a consumer reads ahead. Immutable.</summary>
public sealed record ConsumerOptions
{
    public static readonly ConsumerOptions Default = new();

    /// <summary>How long a broker may wait for new records before it answers with none. Default 500 ms.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The most that one response brings, in bytes; a larger batch still comes, alone. Default 8 MiB.
    /// </summary>
    public int MaxBytes { get; init; } = 8 << 20;

    /// <summary>The most that one response brings of one partition, in bytes. Default 2 MiB.</summary>
    public int MaxPartitionBytes { get; init; } = 2 << 20;

    /// <summary>Responses that may wait to be read before fetching pauses. Default 4.</summary>
    public int ReadAhead { get; init; } = 4;

    internal ConsumerOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWait, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPartitionBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReadAhead, 1);
        return this;
    }
}

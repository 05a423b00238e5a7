using Broker.Model;

namespace Broker.Storage;

/// <summary>What opening a log found.</summary>
public sealed record RecoveryReport
{
    public required LogIndex FirstIndex { get; init; }

    public required LogIndex LastIndex { get; init; }

    public required int Segments { get; init; }

    /// <summary>Entries that were read and verified; those below the last durable point are not.</summary>
    public required long EntriesScanned { get; init; }

    public required long BytesScanned { get; init; }

    /// <summary>What was cut off the end because its write had not finished.</summary>
    public required long TornBytes { get; init; }

    public required LogDamage? Damage { get; init; }

    /// <summary>Files that were moved or copied to damaged/, by name.</summary>
    public required IReadOnlyList<string> SetAside { get; init; }
}

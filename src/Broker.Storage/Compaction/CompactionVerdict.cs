namespace Broker.Storage;

/// <summary>What becomes of a data entry.</summary>
/// <param name="Payload">
/// What stands in its place, with the same offset and span; null: see <see cref="Keeps"/>.
/// </param>
/// <param name="MaxTimestamp">The highest timestamp in that; −1 if there is none.</param>
/// <param name="Keeps">Without a payload: whether it stays as it is, or goes.</param>
public readonly record struct CompactionVerdict(ReadOnlyMemory<byte>? Payload, long MaxTimestamp, bool Keeps)
{
    public static readonly CompactionVerdict Keep = new(null, -1, Keeps: true);

    public static readonly CompactionVerdict Drop = new(null, -1, Keeps: false);

    public static CompactionVerdict Replace(ReadOnlyMemory<byte> payload, long maxTimestamp) =>
        new(payload, maxTimestamp, Keeps: true);
}

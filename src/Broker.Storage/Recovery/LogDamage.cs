using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// What a log has lost although it was flushed. The replica is quarantined until a leader has filled it again.
/// </summary>
/// <param name="At">The first entry that is lost.</param>
/// <param name="File">Where.</param>
/// <param name="Position">Where in the file.</param>
public sealed record LogDamage(LogIndex At, string File, long Position, string Reason)
{
    public override string ToString() => $"entry {At} is lost: {Reason} ({File}, position {Position})";
}

namespace Broker.Storage.Inspection;

/// <summary>Something that an inspection found.</summary>
/// <param name="IsError">False for what may well be: the torn end of a write that nobody was told had
/// succeeded.</param>
/// <param name="Index">The entry that it is about, or 0.</param>
public sealed record LogProblem(bool IsError, string File, long Position, long Index, string What)
{
    public override string ToString() =>
        $"{(IsError ? "error" : "note")}: {What} (entry {Index}, {File}, position {Position})";
}

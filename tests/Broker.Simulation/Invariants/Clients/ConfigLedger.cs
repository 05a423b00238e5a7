namespace Broker.Simulation.Invariants.Clients;

/// <summary>One config of a topic as its administrator was told of it. Null: it is not set.</summary>
public sealed class ConfigLedger(string? atFirst)
{
    private readonly HashSet<string> _tried = new(StringComparer.Ordinal);
    private bool _mayBeUnset;

    /// <summary>What the last change was answered for.</summary>
    public string? Answered { get; private set; } = atFirst;

    /// <summary>A try that nobody answered may come true late, after others that were answered.</summary>
    public void Tried(string? value)
    {
        if (value is null)
            _mayBeUnset = true;
        else
            _tried.Add(value);
    }

    public void Changed(string? value) => Answered = value;

    /// <summary>Whether nobody lies who shows this.</summary>
    public bool MayBe(string? shown) =>
        shown == Answered || (shown is null ? _mayBeUnset : _tried.Contains(shown));
}

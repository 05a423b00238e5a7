namespace Broker.Metadata;

/// <summary>A decision: the records that make it so, or why not. An empty list means that it is so already.</summary>
public sealed class Plan
{
    public static readonly Plan Nothing = new([], null);

    private Plan(IReadOnlyList<MetadataRecord> records, Refusal? refusal)
    {
        Records = records;
        Refusal = refusal;
    }

    /// <summary>To be committed together; empty if refused.</summary>
    public IReadOnlyList<MetadataRecord> Records { get; }

    public Refusal? Refusal { get; }

    public static Plan Of(params MetadataRecord[] records) => new(records, null);

    public static Plan Refuse(RefusalReason reason, string message) => new([], new Refusal(reason, message));

    public static implicit operator Plan(Refusal refusal) => new([], refusal);
}

namespace Broker.MetadataQuorum;

/// <summary>
/// Rides along with an entry from proposal to apply. DotNext hands it on by index alone, so the term says whether the
/// entry that was applied there is still the one that was proposed.
/// </summary>
internal sealed class Proposal(long term)
{
    private long _appliedAt;

    public long Term => term;

    /// <summary>True as soon as the entry may stand in the log.</summary>
    public bool Written { get; set; }

    /// <summary>The entry's index once it was applied here, else 0.</summary>
    public long AppliedAt => Volatile.Read(ref _appliedAt);

    /// <summary>Applied, and it changed nothing: an entry before it contradicts it.</summary>
    public bool Contradicts { get; private set; }

    public void Applied(long index, long entryTerm, EntryEffect effect)
    {
        if (entryTerm == term && effect != EntryEffect.Known)
        {
            Contradicts = effect == EntryEffect.Contradicts;
            Volatile.Write(ref _appliedAt, index);
        }
    }
}

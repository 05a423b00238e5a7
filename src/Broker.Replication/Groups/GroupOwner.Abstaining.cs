using Broker.Storage;

namespace Broker.Replication;

// A replica that may have lost what it promised abstains; the core decides when that ends.
internal sealed partial class GroupOwner
{
    private bool _isDamaged;

    /// <summary>A read met damage: no vote, no acknowledgement, no lead from here on.</summary>
    public void Quarantine(LogDamage damage)
    {
        if (_stopped || _isDamaged)
            return;

        _isDamaged = true;
        _context.Log.Quarantined(Id, damage);
        _core.Quarantine();
        _context.Votes.FlushSoon();
        PublishStatus();
    }

    private void Readmitted()
    {
        _context.Log.Readmitted(Id);
        Log.Log.Healed();
        _context.Journal.RecordFilled(Id);
        _context.Journal.RecordTakenIn(Id);
        _context.Votes.FlushSoon();
        PublishStatus();
    }
}

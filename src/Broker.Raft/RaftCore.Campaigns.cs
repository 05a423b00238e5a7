namespace Broker.Raft;

// How a replica comes to ask for votes, and why it did.
public sealed partial class RaftCore
{
    /// <summary>
    /// Why it asked for votes the last time; what it repeats for want of an answer is the same campaign still.
    /// </summary>
    public CampaignReason LastCampaign { get; private set; }

    internal void BecomePreCandidate(CampaignReason reason)
    {
        if (!MayCampaign)
            return;

        LastCampaign = reason;
        var role = new PreCandidate(this);
        Enter(role);
        role.Begin();
    }

    internal void BecomeCandidate(bool forced)
    {
        if (forced)
            LastCampaign = CampaignReason.HandedOver;
        _outbox.Change(new HardState(CurrentTerm.Next(), Self));
        var role = new Candidate(this, forced);
        Enter(role);
        role.Begin();
    }
}

using Broker.Metadata;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Controller.Messages;

namespace Broker.Server.Controller;

/// <summary>
/// The metadata leader's one place where something is decided: one decision at a time, each on an image that holds all
/// before it, and committed only in the term in which it was made. On any other broker it answers that it does not
/// lead.
/// </summary>
internal sealed class DecisionQueue(BrokerId self, IMetadataLog log)
{
    // Only this broker proposes in its term, but what the term before it left may still be applied in between.
    private const int Tries = 3;

    private readonly Turns _turn = new(1);

    public bool Leads => log.Leadership.Leader == self;

    public async Task<ControllerReply> DecideAsync(
        Func<ClusterImage, Decision> decide, CancellationToken cancellation)
    {
        await _turn.EnterAsync(cancellation);
        try
        {
            for (int left = Tries; left > 0; left--)
            {
                MetadataLeadership leadership = log.Leadership;
                if (leadership.Leader != self)
                    return new ControllerReply(ControllerStatus.NotLeader);

                ClusterImage image = log.Image;
                Decision decision = decide(image);
                if (decision.Records.Count == 0)
                    return decision.Reply with { Index = image.Index };

                ProposeOutcome outcome = await log.ProposeAsync(leadership.Term, decision.Records, cancellation);
                switch (outcome.Status)
                {
                    case ProposeStatus.Committed:
                        return decision.Reply with { Index = outcome.Index };
                    case ProposeStatus.NotLeader:
                        return new ControllerReply(ControllerStatus.NotLeader);
                    case ProposeStatus.Unknown:
                        return new ControllerReply(ControllerStatus.Unknown);
                }
            }

            return new ControllerReply(ControllerStatus.Unknown);
        }
        finally
        {
            _turn.Leave();
        }
    }
}

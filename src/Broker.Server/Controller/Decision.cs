using Broker.Metadata;
using Broker.Server.Controller.Messages;

namespace Broker.Server.Controller;

/// <summary>What was chosen: the records that make it true (none where nothing is to change) and the reply once they
/// are committed.</summary>
internal readonly record struct Decision(IReadOnlyList<MetadataRecord> Records, ControllerReply Reply)
{
    public static Decision Of(Plan plan, ControllerReply reply) => new(
        plan.Records,
        plan.Refusal is null ? reply : new ControllerReply(ControllerStatus.Refused) { Refusal = plan.Refusal });
}

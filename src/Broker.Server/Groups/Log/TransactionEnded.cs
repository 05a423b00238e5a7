using Broker.Model;

namespace Broker.Server.Groups.Log;

/// <summary>The marker of a producer's transaction: what is pending of it is committed, or gone. Of no single
/// group.</summary>
internal sealed record TransactionEnded(ProducerId Producer, bool IsCommit) : GroupRecord("");

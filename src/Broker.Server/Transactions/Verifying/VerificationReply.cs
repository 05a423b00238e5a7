namespace Broker.Server.Transactions.Verifying;

/// <summary>What the coordinator knows.</summary>
/// <param name="Error">Kafka's code; 0 for yes.</param>
internal sealed record VerificationReply(short Error, long Number, int CoordinatorEpoch);

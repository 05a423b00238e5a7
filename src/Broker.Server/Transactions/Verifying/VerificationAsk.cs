namespace Broker.Server.Transactions.Verifying;

/// <summary>A partition's leader asks: is this producer's transaction open, and does it hold the partition?</summary>
internal sealed record VerificationAsk(string Id, long Producer, short Epoch, string Topic, int Partition);

using Broker.Model;

namespace Broker.Server.Partitions.Transactions;

/// <summary>A transaction whose records no reader of committed transactions may see.</summary>
/// <param name="First">Where its first record in this partition stands.</param>
/// <param name="Last">Where its marker stands.</param>
/// <param name="LastStable">Where the partition's first open transaction began once this one had ended; the next offset
/// if none was open. Whatever is aborted later begins there or behind.</param>
public readonly record struct AbortedTransaction(ProducerId Producer, Offset First, Offset Last, Offset LastStable);

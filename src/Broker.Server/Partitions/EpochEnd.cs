using Broker.Model;

namespace Broker.Server.Partitions;

/// <summary>The offset behind the last record of an epoch.</summary>
public readonly record struct EpochEnd(Term Epoch, Offset End);

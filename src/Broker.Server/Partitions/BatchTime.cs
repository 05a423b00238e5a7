using Broker.Model;

namespace Broker.Server.Partitions;

/// <summary>Where a batch stands, and its largest timestamp.</summary>
internal readonly record struct BatchTime(Offset BaseOffset, long MaxTimestamp);

using Broker.Model;

namespace Broker.Storage;

/// <summary>A batch that was found by time.</summary>
public readonly record struct TimestampHit(Offset Offset, Offset NextOffset, long MaxTimestamp);

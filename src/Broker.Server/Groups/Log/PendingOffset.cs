using Broker.Model;

namespace Broker.Server.Groups.Log;

/// <summary>An offset that is committed when its producer's transaction is.</summary>
internal sealed record PendingOffset(ProducerId Producer, OffsetRecord Offset) : GroupRecord(Offset.Group);

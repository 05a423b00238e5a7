namespace Broker.Server.Groups.Classic;

/// <summary>
/// Something that a group wants to be durable. Those of one group are written in the order in which they were taken.
/// </summary>
/// <param name="Ticket">To come back with: <see cref="ClassicGroup.Persisted"/>.</param>
/// <param name="Metadata">What to write.</param>
public readonly record struct GroupWrite(long Ticket, GroupMetadata Metadata);

namespace Broker.Interop.Tests.Clients;

/// <summary>A record and where it stands, as a producer was told or a consumer found.</summary>
public sealed record PlacedRecord(ClientRecord Record, long Offset);

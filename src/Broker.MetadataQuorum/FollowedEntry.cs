namespace Broker.MetadataQuorum;

/// <summary>A committed entry of the metadata log as followers get it.</summary>
internal readonly record struct FollowedEntry(long Index, ReadOnlyMemory<byte> Bytes);

namespace Broker.Client.Connections;

/// <summary>A response as it came, header included.</summary>
internal readonly record struct ResponseFrame(ReadOnlyMemory<byte> Bytes);

namespace Broker.Protocol.Compression;

/// <summary>How the records of a batch are compressed; the numbers are the protocol's.</summary>
public enum CompressionType : byte
{
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,
    Zstd = 4,
}

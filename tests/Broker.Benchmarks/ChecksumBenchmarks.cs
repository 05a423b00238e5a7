using BenchmarkDotNet.Attributes;
using Broker.Model;

namespace Broker.Benchmarks;

/// <summary>CRC-32C, over a small frame and over a large batch.</summary>
[MemoryDiagnoser]
public class ChecksumBenchmarks
{
    private byte[] _bytes = [];

    [Params(128, 16 * 1024, 1024 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Prepare() => new Random(1).NextBytes(_bytes = new byte[Size]);

    [Benchmark]
    public uint Compute() => Crc32C.Compute(_bytes);
}

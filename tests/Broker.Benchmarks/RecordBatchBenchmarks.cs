using BenchmarkDotNet.Attributes;
using Broker.Model;
using Broker.Protocol.Records;

namespace Broker.Benchmarks;

/// <summary>What a leader does with each batch: judge it, then stamp it. Records of 1 KiB.</summary>
[MemoryDiagnoser]
public class RecordBatchBenchmarks
{
    private byte[] _batch = [];

    [Params(1, 64, 1000)]
    public int Records { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var value = new byte[1024];
        new Random(1).NextBytes(value);
        using var builder = new RecordBatchBuilder();
        for (int i = 0; i < Records; i++)
        {
            builder.Append(i, null, value);
        }

        _batch = builder.Build().ToArray();
    }

    [Benchmark]
    public BatchFault Validate() => RecordBatchValidator.Validate(_batch, new BatchRules(8 << 20)).Fault;

    [Benchmark]
    public void Stamp() => RecordBatchStamp.Stamp(_batch, new Offset(123), new Term(4));
}

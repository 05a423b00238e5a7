using System.Globalization;
using Xunit;

namespace Broker.Protocol.Tests.Fuzz;

/// <summary>
/// Broken input gives a protocol error or a message, never another exception and never unbounded memory. A bounded
/// pass here; scripts/fuzz runs as many mutations as it is told, from a seed that it is told.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private static readonly long Count = Setting("BROKER_FUZZ_COUNT", 150_000);
    private static readonly int Seed = (int)Setting("BROKER_FUZZ_SEED", 20);

    [Fact]
    public void Broken_frames_are_refused_or_read()
    {
        var fuzzer = new FrameFuzzer(Seed);
        fuzzer.Run(Count);
        output.WriteLine($"frames: {fuzzer.Refused:N0} refused, {fuzzer.Accepted:N0} read (seed {Seed})");
        Assert.Equal(Count, fuzzer.Refused + fuzzer.Accepted);
        Assert.True(fuzzer.Refused > Count / 10 && fuzzer.Accepted > Count / 10, "no net catches all or nothing");
    }

    [Fact]
    public void Broken_batches_are_refused_or_read()
    {
        long count = Count / 3;
        var fuzzer = new BatchFuzzer(Seed);
        fuzzer.Run(count);
        output.WriteLine($"batches: {fuzzer.Refused:N0} refused, {fuzzer.Accepted:N0} read (seed {Seed})");
        Assert.Equal(count, fuzzer.Refused + fuzzer.Accepted);
        Assert.True(fuzzer.Refused > count / 10 && fuzzer.Accepted > count / 50, "no net catches all or nothing");
    }

    private static long Setting(string name, long otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? long.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}

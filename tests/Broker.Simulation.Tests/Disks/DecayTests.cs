using Broker.Simulation.Disks;
using Broker.Storage;
using Xunit;

namespace Broker.Simulation.Tests.Disks;

/// <summary>
/// A decayed bit is there until its place is written again or cut off for good, and not for as long as something there
/// looks like it: one world waited thirty seconds for a byte to change that was as it should be.
/// </summary>
public sealed class DecayTests : IDisposable
{
    private const string Path = "/file";

    private readonly SimulatedFileSystem _disk = new(new Random(1)) { KeepsUnflushed = false };
    private readonly IFile _file;

    public DecayTests()
    {
        _file = _disk.Open(Path, FileMode.CreateNew);
        _disk.FlushDirectory("/");
        _file.Write(new byte[100], 0);
        _file.Flush();
        _disk.FlipBit(Path, 50, 0);
    }

    private bool IsThere => _disk.IsDecayed(Path);

    public void Dispose() => _file.Dispose();

    [Fact]
    public void It_is_there_for_readers_and_after_a_power_cut()
    {
        Assert.True(IsThere);
        CutPower();
        Assert.True(IsThere);
    }

    [Fact]
    public void What_is_written_elsewhere_leaves_it()
    {
        _file.Write(new byte[50], 0);
        _file.Write(new byte[49], 51);
        Assert.True(IsThere);
    }

    [Fact]
    public void What_is_written_over_it_ends_it_though_the_byte_is_the_same()
    {
        _file.Write(_disk.Contents(Path).AsSpan(50, 1), 50);
        Assert.False(IsThere);
        CutPower();
        Assert.True(IsThere);
    }

    [Fact]
    public void What_is_written_over_it_and_flushed_ends_it_for_good()
    {
        _file.Write(_disk.Contents(Path).AsSpan(40, 20), 40);
        _file.Flush();
        CutPower();
        Assert.False(IsThere);
    }

    [Fact]
    public void A_cut_ends_it_once_that_is_durable()
    {
        _file.SetLength(50);
        Assert.False(IsThere);
        CutPower();
        Assert.True(IsThere);
        using IFile again = _disk.Open(Path, FileMode.Open);
        again.SetLength(50);
        again.FlushWithMetadata();
        CutPower();
        Assert.False(IsThere);
    }

    private void CutPower()
    {
        _disk.Crash();
        _disk.Restart();
    }
}

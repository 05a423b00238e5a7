using Broker.Simulation.Disks;
using Broker.Storage;
using Xunit;

namespace Broker.Storage.Tests.Files;

/// <summary>A reserve of 8,000 bytes, in slices of 1,000, on a disk of a fixed size.</summary>
public sealed class DiskReserveTests : IDisposable
{
    private const long Size = 8000;
    private const long Slice = 1000;

    private readonly SimulatedFileSystem _disk = new(new Random(1)) { Capacity = 100_000 };
    private readonly IFile _others;
    private DiskReserve _reserve;

    public DiskReserveTests()
    {
        _disk.CreateDirectory("/data");
        _others = _disk.Open("/data/others", FileMode.CreateNew);
        _reserve = DiskReserve.Open(_disk, "/data", Size);
    }

    private long Free => _disk.AvailableBytes("/data");

    public void Dispose()
    {
        _reserve.Dispose();
        _others.Dispose();
    }

    [Fact]
    public void It_is_taken_at_once_and_records_take_what_is_left()
    {
        Assert.Equal(Size, _reserve.Held);
        Assert.True(_reserve.TryTake(Free - Slice, fromReserve: false));
        Assert.False(_reserve.IsShort);
    }

    [Fact]
    public void The_room_that_is_told_is_what_records_may_take()
    {
        Assert.Equal(Free, _reserve.RoomForRecords);
        Leave(0);
        _reserve.Look();
        Assert.Equal(0, _reserve.RoomForRecords);

        _disk.CreateDirectory("/unkept");
        using DiskReserve unkept = DiskReserve.Open(_disk, "/unkept", 0);
        Assert.Equal(Free, unkept.RoomForRecords);
        Assert.Equal(long.MaxValue, DiskReserve.None.RoomForRecords);
    }

    [Fact]
    public void Records_stop_before_the_disk_is_full()
    {
        Leave(Slice + (Slice / 2));
        _reserve.Look();
        Assert.True(_reserve.TryTake(100, fromReserve: false));
        Assert.False(_reserve.TryTake(Slice + 1, fromReserve: false));
        Assert.False(_reserve.TryTake(100, fromReserve: false));
        Assert.True(_reserve.IsShort);
        Assert.True(_reserve.TryTake(100, fromReserve: true));
    }

    [Fact]
    public void When_others_fill_the_disk_a_slice_is_given_up_again_and_again_and_records_stay_out()
    {
        for (long held = Size - Slice; held >= 0; held -= Slice)
        {
            Leave(0);
            Assert.True(_reserve.EnsureSlice());
            Assert.Equal(held, _reserve.Held);
            Assert.Equal(Slice, Free);
            Assert.True(_reserve.IsShort);
            Assert.False(_reserve.TryTake(1, fromReserve: false));
        }

        Leave(0);
        Assert.False(_reserve.EnsureSlice());
    }

    [Fact]
    public void What_had_to_be_taken_on_may_take_half_of_it_and_no_more()
    {
        Leave(0);
        _reserve.Look();
        Assert.True(_reserve.TryTake(3000, fromReserve: true));
        Write(3000);
        Assert.False(_reserve.TryTake(3000, fromReserve: true));
    }

    [Fact]
    public void With_room_again_it_is_taken_back_slice_by_slice_and_records_are_let_in_at_once()
    {
        Leave(0);
        _reserve.Look();
        Assert.Equal(Size - Slice, _reserve.Held);

        _others.SetLength(0);
        _reserve.Look();
        Assert.False(_reserve.IsShort);
        Assert.Equal(Size, _reserve.Held);
        Assert.True(_reserve.TryTake(10_000, fromReserve: false));
    }

    [Fact]
    public void On_a_disk_that_is_full_at_the_start_as_much_is_taken_as_there_is()
    {
        _reserve.Dispose();
        _disk.DeleteFile("/data/" + DiskReserve.FileName);
        Leave(4 * Slice);
        _reserve = DiskReserve.Open(_disk, "/data", Size);
        Assert.Equal(2 * Slice, _reserve.Held);
        Assert.True(_reserve.IsShort);
    }

    [Fact]
    public void Without_one_the_disk_itself_says_when_it_is_full()
    {
        _reserve.Dispose();
        _reserve = DiskReserve.Open(_disk, "/data", 0);
        Leave(0);
        Assert.True(_reserve.TryTake(1000, fromReserve: false));
        Assert.True(_reserve.EnsureSlice());
        Assert.False(_disk.FileExists("/data/" + DiskReserve.FileName));
    }

    private void Leave(long bytes) => Write(Free - bytes);

    private void Write(long bytes) => _others.Write(new byte[bytes], _others.Length);
}

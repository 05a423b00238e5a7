using FsCheck.Xunit;
using Xunit;

namespace Broker.Storage.Tests.Entries;

public sealed class SharedBufferTests
{
    [Fact]
    public void The_last_release_gives_the_bytes_back()
    {
        SharedBuffer buffer = SharedBuffer.Rent(100);
        buffer.Retain();
        buffer.Release();
        Assert.Equal(100, buffer.Memory.Length);

        buffer.Release();
        Assert.Throws<ObjectDisposedException>(() => buffer.Memory);
    }

    [Fact]
    public void A_release_too_many_throws_and_harms_nobody()
    {
        SharedBuffer buffer = SharedBuffer.Rent(100);
        buffer.Release();
        SharedBuffer next = SharedBuffer.Rent(100);

        Assert.Throws<ObjectDisposedException>(buffer.Release);
        Assert.Throws<ObjectDisposedException>(buffer.Retain);
        Assert.Equal(100, next.Memory.Length);
        next.Release();
    }

    [Property]
    public void A_buffer_occupies_little_more_than_its_class_or_the_octave_above_it(int length)
    {
        length = (length & int.MaxValue) % (40 << 20);
        SharedBuffer buffer = SharedBuffer.Rent(length);

        int largestClass = Math.Max(256, length + (length / 4) + 1);
        Assert.Equal(length, buffer.Length);
        Assert.InRange(buffer.Capacity, length, 2 * largestClass);
        buffer.Release();
    }

    [Fact]
    public void What_was_given_back_serves_a_somewhat_smaller_need()
    {
        const int Length = 30 << 20;
        SharedBuffer large = SharedBuffer.Rent(Length);
        int capacity = large.Capacity;
        large.Release();

        SharedBuffer small = SharedBuffer.Rent(Length * 2 / 3);
        Assert.Equal(capacity, small.Capacity);
        small.Release();
    }
}

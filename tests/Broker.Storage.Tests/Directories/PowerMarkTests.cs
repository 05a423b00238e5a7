using Broker.Model;
using Broker.Simulation.Disks;
using Xunit;

namespace Broker.Storage.Tests.Directories;

public sealed class PowerMarkTests
{
    private static readonly Incarnation Life = new(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    private static readonly PartitionId Voted = new(new TopicId(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12)), 0);
    private static readonly PartitionId New = new(Voted.Topic, 1);

    private readonly SimulatedFileSystem _disk = new(new Random(1));

    public PowerMarkTests()
    {
        _disk.CreateDirectory("/data");
        _disk.CreateDirectory("/data/votes");
        VoteJournal journal = VoteJournal.Create(_disk, "/data/votes", Life);
        journal.RecordVote(Voted, new Term(1), new BrokerId(1));
        journal.RecordMark(New, new LogIndex(1));
        journal.Flush();
        _disk.FlushFileSystem("/data");
        Assert.False(Begin("a", out _).IsKept, "nobody has ever said that all is there");
        Settle();
    }

    [Fact]
    public void A_process_that_dies_on_a_running_kernel_loses_nothing()
    {
        _disk.RestartProcess();
        Assert.True(Begin("a", out VoteJournal journal).IsKept);
        Assert.False(journal.Get(Voted).LostPower);
    }

    [Fact]
    public void Another_run_of_the_kernel_is_a_loss_for_all_that_ever_promised()
    {
        _disk.Crash();
        _disk.Restart();
        Assert.False(Begin("b", out VoteJournal journal).IsKept);
        Assert.True(journal.Get(Voted).LostPower);
        Assert.False(journal.Get(New).LostPower);
    }

    [Fact]
    public void A_loss_is_remembered_until_the_replica_is_filled_whatever_dies_in_between()
    {
        Begin("b", out _);
        _disk.Crash();
        _disk.Restart();
        Assert.False(Begin("c", out _).IsKept);
        _disk.RestartProcess();
        Assert.True(Begin("c", out VoteJournal journal).IsKept);
        Assert.True(journal.Get(Voted).LostPower);

        journal.RecordFilled(Voted);
        journal.Flush();
        Begin("c", out journal);
        Assert.False(journal.Get(Voted).LostPower);
    }

    [Fact]
    public void After_a_stop_in_order_the_kernel_may_be_another()
    {
        Begin("a", out _).Stop();
        _disk.Crash();
        _disk.Restart();
        Assert.True(Begin("b", out _).IsKept);
    }

    [Fact]
    public void A_failed_flush_is_a_loss_on_the_same_kernel()
    {
        Begin("a", out _).Suspect();
        _disk.RestartProcess();
        Assert.False(Begin("a", out _).IsKept);
    }

    [Fact]
    public void Who_does_not_know_its_kernel_believes_only_a_stop_in_order()
    {
        PowerMark mark = Begin("", out _);
        Assert.False(Begin("", out _).IsKept);
        mark.Stop();
        Assert.True(Begin("", out _).IsKept);
    }

    [Fact]
    public void What_cannot_be_read_is_a_loss()
    {
        using (IFile file = _disk.Open("/data/power", FileMode.Open))
            file.Write("x"u8, 5);
        Assert.False(Begin("a", out _).IsKept);
    }

    [Fact]
    public void A_full_disk_keeps_nobody_from_starting_or_stopping()
    {
        _disk.Capacity = _disk.UsedBytes;
        Assert.True(Begin("a", out _).IsKept);
        Begin("b", out _).Stop();
        Assert.True(Begin("c", out _).IsKept);
    }

    private PowerMark Begin(string boot, out VoteJournal journal)
    {
        journal = VoteJournal.Open(_disk, "/data/votes", Life);
        return PowerMark.Begin(_disk, "/data", boot, journal);
    }

    // What the first start found lost means nothing to these tests.
    private void Settle()
    {
        using VoteJournal journal = VoteJournal.Open(_disk, "/data/votes", Life);
        journal.RecordFilled(Voted);
        journal.Flush();
    }
}

using Broker.Model;
using Broker.Simulation.Disks;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Storage.Tests.Votes;

public sealed class VoteJournalTests
{
    private static readonly Incarnation Life = new(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));

    private readonly SimulatedFileSystem _disk = new(new Random(1));

    public VoteJournalTests() => _disk.CreateDirectory("/votes");

    [Fact]
    public void What_was_flushed_is_remembered()
    {
        VoteJournal journal = VoteJournal.Create(_disk, "/votes", Life);
        journal.RecordVote(Group(1), new Term(3), new BrokerId(2));
        journal.RecordMark(Group(1), new LogIndex(17));
        journal.RecordCommit(Group(1), new LogIndex(16));
        journal.RecordLogStart(Group(2), new LogIndex(9), new Offset(8));
        journal.RecordDamage(Group(2), new LogIndex(12));
        journal.RecordVote(Group(3), new Term(1), BrokerId.None);
        journal.Forget(Group(3));
        journal.Flush();

        _disk.Restart();
        journal = VoteJournal.Open(_disk, "/votes", Life);
        Assert.Equal(2, journal.Count);
        Assert.Equal(
            new GroupState
            {
                Term = new Term(3),
                VotedFor = new BrokerId(2),
                Mark = new LogIndex(17),
                Commit = new LogIndex(16),
            },
            journal.Get(Group(1)));
        Assert.Equal(new LogIndex(12), journal.Get(Group(2)).DamagedAt);
        Assert.Equal(GroupState.Empty, journal.Get(Group(3)));
        Assert.Equal(BrokerId.None, journal.Get(Group(9)).VotedFor);
    }

    [Fact]
    public void Who_was_taken_in_stays_so_until_the_group_is_forgotten()
    {
        VoteJournal journal = VoteJournal.Create(_disk, "/votes", Life);
        journal.RecordTakenIn(Group(1));
        journal.RecordVote(Group(1), new Term(3), new BrokerId(2));
        journal.RecordTakenIn(Group(2));
        journal.RecordLogLoss(Group(2));
        journal.RecordTakenIn(Group(3));
        journal.Forget(Group(3));
        journal.Flush();

        _disk.Restart();
        journal = VoteJournal.Open(_disk, "/votes", Life);
        Assert.Equal(
            [true, true, false], Enumerable.Range(1, 3).Select(group => journal.Get(Group((byte)group)).IsTakenIn));
    }

    [Property(MaxTest = 60, EndSize = 400)]
    public void It_never_forgets_a_vote_wherever_the_power_fails(
        (byte Group, byte Groups)[] votes, ushort crash, int seed)
    {
        var disk = new SimulatedFileSystem(new Random(seed));
        disk.CreateDirectory("/votes");
        disk.FlushDirectory("/");
        VoteJournal journal = VoteJournal.Create(disk, "/votes", Life);
        Dictionary<PartitionId, Term> promised = [], asked = [];
        disk.CrashAt = disk.Operations + 1 + (crash % ((votes.Length * 3) + 1));
        try
        {
            foreach ((byte group, byte groups) in votes)
            {
                // Many groups at once fill the file soon, so that the other one is begun.
                for (int i = 0; i < groups * 4; i++)
                {
                    PartitionId id = Group(group + i);
                    asked[id] = journal.Get(id).Term.Next();
                    journal.RecordVote(id, asked[id], new BrokerId(group));
                }

                journal.Flush();
                foreach ((PartitionId id, Term term) in asked)
                    promised[id] = term;
            }
        }
        catch (DiskCrashedException)
        {
        }

        disk.Restart();
        journal = VoteJournal.Open(disk, "/votes", Life);
        foreach ((PartitionId id, Term term) in asked)
            Assert.InRange(journal.Get(id).Term.Value, promised.GetValueOrDefault(id).Value, term.Value);
    }

    [Fact]
    public void Lesson_28_one_bad_sector_costs_nothing()
    {
        Fill(generations: 1);
        for (int sector = 0; sector < 40; sector++)
        {
            _disk.FlipBit("/votes/journal.1", (sector * 512) + 100, 3);
            VoteJournal journal = VoteJournal.Open(_disk, "/votes", Life);
            Assert.Equal(new Term(10), journal.Get(Group(9)).Term);
            journal.Dispose();
            _disk.FlipBit("/votes/journal.1", (sector * 512) + 100, 3);
        }
    }

    [Fact]
    public void Lesson_28_a_lost_block_before_others_is_reported()
    {
        Fill(generations: 1);
        _disk.FlipBit("/votes/journal.1", (4 * 512) + 100, 3);
        _disk.FlipBit("/votes/journal.1", (5 * 512) + 100, 3);

        VoteJournalDamagedException damaged = Assert.Throws<VoteJournalDamagedException>(
            () => VoteJournal.Open(_disk, "/votes", Life));
        Assert.Contains("lost block 2", damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_reported()
    {
        Fill(generations: 1);
        _disk.DeleteFile("/votes/journal.0");
        Assert.Throws<VoteJournalDamagedException>(() => VoteJournal.Open(_disk, "/votes", Life));
    }

    [Fact]
    public void Votes_of_another_data_directory_are_refused()
    {
        Fill(generations: 1);
        Assert.Throws<VoteJournalDamagedException>(
            () => VoteJournal.Open(_disk, "/votes", new Incarnation(new Guid(9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9))));
    }

    [Fact]
    public void Votes_stay_writable_on_a_full_disk()
    {
        using VoteJournal journal = VoteJournal.Create(_disk, "/votes", Life);
        _disk.Capacity = _disk.UsedBytes;
        for (int term = 1; term <= 5000; term++)
        {
            journal.RecordVote(Group(term % 50), new Term(term), new BrokerId(1));
            journal.Flush();
        }

        _disk.Restart();
        Assert.Equal(new Term(5000), VoteJournal.Open(_disk, "/votes", Life).Get(Group(0)).Term);
    }

    [Fact]
    public void Thousands_of_groups_share_one_flush()
    {
        using VoteJournal journal = VoteJournal.Create(_disk, "/votes", Life);
        int before = _disk.Operations;
        for (int group = 0; group < 3000; group++)
            journal.RecordVote(Group(group), new Term(1), new BrokerId(1));
        journal.Flush();
        journal.Flush();

        Assert.Equal(2, _disk.Operations - before);
    }

    [Fact]
    public void A_failed_flush_is_final()
    {
        using VoteJournal journal = VoteJournal.Create(_disk, "/votes", Life);
        journal.RecordVote(Group(1), new Term(1), new BrokerId(1));
        _disk.FailingFlushes = 1;
        Assert.Throws<FlushFailedException>(journal.Flush);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Lesson_27_votes_that_a_failed_flush_left_in_the_page_cache_are_written_again(int seed)
    {
        var disk = new SimulatedFileSystem(new Random(seed));
        disk.CreateDirectory("/votes");
        disk.FlushDirectory("/");
        using (VoteJournal failing = VoteJournal.Create(disk, "/votes", Life))
        {
            failing.RecordVote(Group(1), new Term(7), new BrokerId(2));
            disk.FailingFlushes = 1;
            Assert.Throws<FlushFailedException>(failing.Flush);
        }

        disk.RestartProcess();
        GroupState believed;
        using (VoteJournal next = VoteJournal.Open(disk, "/votes", Life))
        {
            believed = next.Get(Group(1));
            next.RecordVote(Group(2), new Term(1), new BrokerId(3));
            next.Flush();
        }

        disk.Crash();
        disk.Restart();
        using VoteJournal last = VoteJournal.Open(disk, "/votes", Life);
        Assert.Equal(believed, last.Get(Group(1)));
        Assert.Equal(new Term(1), last.Get(Group(2)).Term);
    }

    private void Fill(int generations)
    {
        using VoteJournal journal = VoteJournal.Create(_disk, "/votes", Life);
        for (int group = 0; group < 10 * generations; group++)
        {
            journal.RecordVote(Group(group), new Term(group + 1), new BrokerId(1));
            journal.Flush();
        }
    }

    private static PartitionId Group(int index) => new(new TopicId(new Guid(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)), index);
}

using Broker.Model;
using Broker.Simulation.Disks;
using Broker.Storage.Inspection;
using Broker.Storage.Tests.Logs;
using Xunit;

namespace Broker.Storage.Tests.Inspection;

public sealed class LogVerifyTests
{
    private readonly SimulatedFileSystem _disk = new(new Random(3));
    private readonly List<PartitionLog> _logs = [];
    private readonly List<DataDirectory> _directories = [];
    private readonly List<VoteJournal> _journals = [];

    public LogVerifyTests()
    {
        for (int broker = 1; broker <= 3; broker++)
        {
            DataDirectory directory = DataDirectory.Open(
                _disk, $"/broker-{broker}", new BrokerId(broker), new Random(broker));
            VoteJournal journal = directory.OpenVotes();
            var resources = new LogResources
            {
                FileSystem = _disk,
                OpenFiles = new OpenFiles(_disk),
                TailCache = new TailCacheBudget(),
                Journal = journal,
                Time = TimeProvider.System,
                Logger = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance,
            };
            _directories.Add(directory);
            _journals.Add(journal);
            _logs.Add(PartitionLog.Open(
                resources, directory.MakePartition(LogBench.Group), LogBench.Group, directory.Incarnation,
                LogOptions.Default with { SegmentBytes = 4_000 }));
        }
    }

    [Fact]
    public void Replicas_that_are_the_same_are_clean()
    {
        Append(20, 1, 0, 1, 2);
        VerifyReport report = Verify();

        Assert.True(report.IsClean);
        Assert.Equal(3, report.Replicas.Count);
        Assert.All(report.Replicas, replica => Assert.Equal((20, 20), (replica.Entries, replica.LastIndex)));
        PartitionComparison comparison = Assert.Single(report.Partitions);
        Assert.Equal((1, 20, 20), (comparison.ComparedFrom, comparison.ComparedTo, comparison.AgreedTo));
        Assert.Equal(20, LogDump.Read(_disk, "/broker-2").Count(line => line.Entry is not null));
    }

    [Fact]
    public void Tails_of_other_terms_may_differ_and_be_missing()
    {
        Append(10, 1, 0, 1, 2);
        Append(3, 2, 0);
        Append(2, 3, 1);
        VerifyReport report = Verify();

        Assert.True(report.IsClean);
        Assert.Equal(10, report.Partitions[0].AgreedTo);
        Assert.Equal(12, report.Partitions[0].ComparedTo);
    }

    [Fact]
    public void A_committed_entry_may_not_differ()
    {
        Append(10, 1, 0, 1, 2);
        Append(3, 2, 0);
        Append(2, 3, 1);
        _journals[2].RecordCommit(LogBench.Group, new LogIndex(11));
        VerifyReport report = Verify();

        Assert.False(report.IsClean);
        Assert.Contains("entry 11 is committed", report.Partitions[0].Mismatches[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_term_means_the_same_bytes()
    {
        Append(5, 1, 0, 1, 2);
        Append(1, 2, 0, 1);
        _logs[2].Append(LogBench.Make(_logs[2], EntryKind.Data, 2, 333, 1, 17));
        VerifyReport report = Verify();

        Assert.Contains(
            "entry 6 of term 2 is not the same", report.Partitions[0].Mismatches[0], StringComparison.Ordinal);
    }

    [Fact]
    public void What_differs_may_not_become_the_same_again()
    {
        Append(5, 1, 0, 1, 2);
        Append(1, 2, 0);
        Append(1, 3, 1);
        Append(1, 4, 0, 1);
        VerifyReport report = Verify();

        Assert.Contains("entries before it differ", report.Partitions[0].Mismatches[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_flipped_bit_and_a_torn_tail_are_told_apart()
    {
        Append(20, 1, 0, 1, 2);
        string first = $"{_directories[0].Root}/topics/{LogBench.Group.Topic}/{LogBench.Group.Index}";
        string last = first.Replace("broker-1", "broker-2", StringComparison.Ordinal);
        Assert.True(Verify().IsClean);
        using (IFile file = _disk.Open($"{last}/{_disk.ListFiles(last).Last(IsSegment)}", FileMode.Open))
            file.Write([1, 2, 3, 4, 5], file.Length);
        VerifyReport torn = Verify();
        Assert.True(torn.IsClean);
        Assert.Contains("torn tail", Assert.Single(torn.Replicas[1].Problems).What, StringComparison.Ordinal);

        _disk.FlipBit($"{first}/{_disk.ListFiles(first).First(IsSegment)}", 400, 1);
        VerifyReport damaged = Verify();
        Assert.False(damaged.IsClean);
        Assert.Contains(damaged.Replicas[0].Problems, problem => problem is { IsError: true, Index: 1 });
    }

    private static bool IsSegment(string name) => name.EndsWith(".log", StringComparison.Ordinal);

    private void Append(int count, int term, params int[] replicas)
    {
        for (int i = 0; i < count; i++)
        {
            LogEntry entry = LogBench.Make(_logs[replicas[0]], EntryKind.Data, term, 300, 2, i);
            foreach (int replica in replicas)
            {
                if (_logs[replica].LastIndex < entry.Index)
                    _logs[replica].Append(entry);
            }
        }
    }

    private VerifyReport Verify()
    {
        foreach (PartitionLog log in _logs)
            log.Close();
        foreach (VoteJournal journal in _journals)
            journal.Flush();
        return LogVerify.Run(_disk, [.. _directories.Select(directory => directory.Root)]);
    }
}

using Broker.Model;
using Broker.Simulation.Disks;
using Xunit;

namespace Broker.Storage.Tests.Directories;

public sealed class DataDirectoryTests : IDisposable
{
    private static readonly BrokerId Self = new(1);

    private readonly PosixFileSystem _files = new();
    private readonly string _root = Directory.CreateTempSubdirectory("data-directory-").FullName;
    private readonly Random _random = new(3);

    private string Place => Path.Combine(_root, "a", "broker-1");

    public void Dispose()
    {
        _files.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void Keeps_its_identity_from_start_to_start()
    {
        ClusterId cluster = ClusterId.New(_random);
        Incarnation incarnation;
        using (DataDirectory first = Open())
        {
            Assert.True(first.Cluster.IsEmpty);
            first.JoinCluster(cluster);
            incarnation = first.Incarnation;
            first.OpenVotes().Dispose();
        }

        using DataDirectory second = Open();
        Assert.Equal((cluster, incarnation), (second.Cluster, second.Incarnation));
    }

    [Fact]
    public void Is_one_process_s_at_a_time()
    {
        using DataDirectory first = Open();

        Assert.Contains("in use", Assert.Throws<DataDirectoryException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_another_broker_and_another_cluster()
    {
        using (DataDirectory first = Open())
        {
            first.JoinCluster(ClusterId.New(_random));
            Assert.Throws<DataDirectoryException>(() => first.JoinCluster(ClusterId.New(_random)));
        }

        DataDirectoryException refused = Assert.Throws<DataDirectoryException>(
            () => DataDirectory.Open(_files, Place, new BrokerId(2), _random));
        Assert.Contains("broker 1, not to broker 2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_a_damaged_identity_and_the_remedy()
    {
        Open().Dispose();
        string meta = Path.Combine(Place, "meta.json");
        string text = File.ReadAllText(meta);
        File.WriteAllText(meta, text.Replace("\"broker\": 1", "\"broker\": 2", StringComparison.Ordinal));

        string message = Assert.Throws<DataDirectoryException>(Open).Message;
        Assert.Contains("checksum", message, StringComparison.Ordinal);
        Assert.Contains("new incarnation", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sends_to_the_newer_version_what_that_has_written()
    {
        Open().Dispose();
        string meta = Path.Combine(Place, "meta.json");
        string text = File.ReadAllText(meta);
        File.WriteAllText(meta, text.Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal));
        string message = Assert.Throws<DataDirectoryException>(Open).Message;
        Assert.Contains("format 2, which a newer version", message, StringComparison.Ordinal);
        Assert.DoesNotContain("empty data.dir", message, StringComparison.Ordinal);
        Assert.Equal(
            text.Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal), File.ReadAllText(meta));
    }

    [Fact]
    public void Its_own_name_survives_though_a_process_made_it_that_died_at_once()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var disk = new SimulatedFileSystem(new Random(seed));
            disk.CreateDirectory("/data");
            disk.RestartProcess();
            using (DataDirectory directory = DataDirectory.Open(disk, "/data", Self, _random))
                directory.JoinCluster(ClusterId.New(_random));

            disk.Crash();
            disk.Restart();
            Assert.True(disk.FileExists("/data/meta.json"), $"seed {seed}");
        }
    }

    [Fact]
    public void Lost_votes_end_a_life_and_begin_another_one_in_the_same_directory()
    {
        Incarnation first;
        using (DataDirectory directory = Open())
        {
            first = directory.Incarnation;
            directory.OpenVotes().Dispose();
            File.Delete(Path.Combine(Place, "votes", "journal.1"));
            Assert.Throws<VoteJournalDamagedException>(directory.OpenVotes);
            string? kept = directory.BeginNewLife(_random);
            Assert.True(File.Exists(Path.Combine(kept!, "journal.0")));
            directory.OpenVotes().Dispose();
        }

        Incarnation second;
        using (DataDirectory directory = Open())
        {
            second = directory.Incarnation;
            Assert.Equal([first], directory.Former);
            Directory.Delete(Path.Combine(Place, "votes"), recursive: true);
            Assert.Null(directory.BeginNewLife(_random));
        }

        using DataDirectory third = Open();
        Assert.Equal([first, second], third.Former);
        Assert.Equal(first, third.First);
        Assert.DoesNotContain(third.Incarnation, third.Former);
        Assert.Equal(0, third.OpenVotes().Count);
    }

    [Fact]
    public void Finds_deletes_and_sets_aside_replicas()
    {
        using DataDirectory directory = Open();
        PartitionId[] ids =
            [.. Enumerable.Range(0, 3).Select(i => new PartitionId(TopicId.New(new Random(i)), i)).Order()];
        foreach (PartitionId id in ids)
            File.WriteAllText(Path.Combine(directory.MakePartition(id), "file"), "kept");
        Assert.Equal(ids, directory.Partitions());

        directory.DeletePartition(ids[0]);
        string kept = directory.SetAside(ids[1]);

        Assert.Equal([ids[2]], directory.Partitions());
        Assert.Equal("kept", File.ReadAllText(Path.Combine(kept, "file")));
    }

    private DataDirectory Open() => DataDirectory.Open(_files, Place, Self, _random);
}

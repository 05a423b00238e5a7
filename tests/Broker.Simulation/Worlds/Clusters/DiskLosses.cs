using System.Globalization;
using Broker.Metadata;
using Broker.Model;
using Broker.Simulation.Disks;
using Broker.Simulation.Time;
using Broker.Storage;
using Broker.Storage.Inspection;

namespace Broker.Simulation.Worlds.Clusters;

/// <summary>
/// What brokers' disks lose while they are out of use: everything, the votes, a bit, or the end of a log. One broker at
/// a time: the next may lose something when all that was lost is made up for, by nobody but the brokers themselves.
/// </summary>
internal sealed class DiskLosses(ClusterWorld world)
{
    private const string Root = "/data";
    private const string Topics = "/data/topics";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly EventQueue _queue = world.Queue;
    private BrokerSeat? _hurt;
    private string? _decayed;
    private bool _isPending;
    private long _lookAgainAt;
    private string _what = "nothing";

    /// <summary>So many disks have lost something.</summary>
    public int Count { get; private set; }

    /// <summary>Every replica counts again, for good, and no damage lies unseen.</summary>
    public bool AreMadeUpFor()
    {
        if (_hurt is null)
            return true;
        if (_queue.Now < _lookAgainAt)
            return false;

        _lookAgainAt = _queue.Now + Look.Ticks;
        return !_isPending && IsWhole(_hurt) && !IsDecayed();
    }

    /// <summary>This one's disk is going to lose something, when the broker has ended.</summary>
    public void Begin(BrokerSeat victim) => (_hurt, _isPending) = (victim, true);

    /// <summary>Nothing more is lost.</summary>
    public void End() => _isPending = false;

    public void Strike()
    {
        _isPending = false;
        if (_hurt is not { IsOff: false, IsUp: false } hurt)
            return;

        switch (_queue.Random.Next(4))
        {
            case 0:
                Wipe(hurt);
                break;
            case 1:
                LoseVotes(hurt);
                break;
            case 2:
                FlipBit(hurt);
                break;
            default:
                CutOff(hurt);
                break;
        }
    }

    public void Wipe(BrokerSeat seat)
    {
        Note(seat, "everything");
        seat.Wipe();
        world.Forgot(seat.Id);
        _decayed = null;
    }

    public void LoseVotes(BrokerSeat seat)
    {
        Note(seat, "its votes");
        foreach (string name in seat.Disk.ListFiles($"{Root}/votes").Skip(_queue.Random.Next(2)))
            seat.Disk.Lose($"{Root}/votes/{name}");
        world.Forgot(seat.Id);
    }

    /// <summary>In an entry, or in the header of its file; nothing where nothing is marked as flushed.</summary>
    public void FlipBit(BrokerSeat seat)
    {
        if (Choose(seat) is not ({ } path, { } entry))
            return;

        long at = _queue.Chance(0.3)
            ? _queue.Draw(0, 100)
            : entry.Position + _queue.Draw(0, entry.Bytes - 1);
        Note(seat, string.Create(CultureInfo.InvariantCulture, $"a bit at {at} of {path}"));
        seat.Disk.FlipBit(path, at, _queue.Random.Next(8));
        _decayed = path;
    }

    public void CutOff(BrokerSeat seat)
    {
        if (Choose(seat) is not ({ } path, { } entry))
            return;

        long length = entry.Position + _queue.Draw(0, entry.Bytes - 1);
        Note(seat, string.Create(CultureInfo.InvariantCulture, $"all behind {length} of {path}"));
        seat.Disk.CutOff(path, (int)length);
    }

    public string Describe() => $"broker {_hurt?.Id} has not made up for the loss of {_what}";

    // What lies behind the mark is as good as never written: only below it a loss has to be noticed.
    private (string? Path, DumpedEntry? Entry) Choose(BrokerSeat seat)
    {
        using VoteJournal? seen = VotesOn(seat.Disk.Present(), seat.Id);
        using VoteJournal? survives = VotesOn(seat.Disk.Durable(), seat.Id);
        if (seen is null || survives is null)
            return (null, null);

        List<(string Path, DumpedEntry Entry)> marked = [];
        foreach ((string partition, DumpedEntry? entry, _) in LogDump.Read(seat.Disk, Root))
        {
            PartitionId id = IdOf(partition);
            if (entry is not null && entry.Index <= LogIndex.Min(seen.Get(id).Mark, survives.Get(id).Mark).Value)
                marked.Add(($"{Topics}/{partition}/{entry.File}", entry));
        }

        return marked.Count == 0 ? (null, null) : marked[_queue.Random.Next(marked.Count)];
    }

    private static PartitionId IdOf(string partition)
    {
        string[] parts = partition.Split('/');
        return TopicId.TryParse(parts[0], out TopicId topic)
            ? new PartitionId(topic, int.Parse(parts[1], CultureInfo.InvariantCulture))
            : default;
    }

    private static VoteJournal? VotesOn(SimulatedFileSystem disk, BrokerId broker)
    {
        try
        {
            using DataDirectory directory = DataDirectory.Open(disk, Root, broker, new Random(0));
            return directory.OpenVotes();
        }
        catch (StorageException)
        {
            return null;
        }
    }

    private bool IsWhole(BrokerSeat seat)
    {
        ClusterImage image = world.Metadata.Image;
        if (!seat.IsReady || seat.MetadataIndex < world.Metadata.Last)
            return false;

        // Not only in memory: else a crash now would make it abstain once more, perhaps beside another one.
        using VoteJournal? survives = VotesOn(seat.Disk.Durable(), seat.Id);
        foreach (TopicImage topic in image.Topics.Values)
        {
            for (int i = 0; i < topic.Partitions.Count; i++)
            {
                var id = new PartitionId(topic.Id, i);
                if (!topic.Partitions[i].Replicas.Contains(seat.Id))
                    continue;
                bool isTakenIn = survives?.Get(id).IsTakenIn == true
                    || !image.IsPredecessors(topic.Partitions[i], seat.Id);
                if (!seat.Counts(id) || !isTakenIn)
                    return false;
            }
        }

        return true;
    }

    private bool IsDecayed() => _decayed is { } path && _hurt is { } seat && seat.Disk.IsDecayed(path);

    private void Note(BrokerSeat seat, string what)
    {
        seat.RememberDisk();
        _hurt = seat;
        _what = what;
        Count++;
        _queue.Trace.Note(_queue.Now, seat.Name, $"has lost {what}");
    }
}

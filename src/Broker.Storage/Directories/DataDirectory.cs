using System.Collections.Immutable;
using System.Globalization;
using Broker.Model;

namespace Broker.Storage;

// ROOT/lock                          held while a broker runs on it
// ROOT/meta.json                     whose it is; written last of all at the first start
// ROOT/power                         whether what was written and not flushed is still there
// ROOT/votes/                        terms, votes and flushed marks of all partition groups
// ROOT/metadata/                     the metadata group's
// ROOT/topics/<topic id>/<index>/    one replica's log
// ROOT/damaged/votes-<n>/            votes that were lost, as they were found; kept
// ROOT/stray/<n>-<topic id>-<index>/ replicas that the cluster does not know; kept

/// <summary>One broker's data directory: its identity, its lock, and where everything lies in it.</summary>
public sealed class DataDirectory : IDisposable
{
    private readonly IFileSystem _files;
    private readonly IDisposable _lock;
    private DirectoryIdentity _identity;

    private DataDirectory(IFileSystem files, string root, IDisposable held, DirectoryIdentity identity)
    {
        _files = files;
        _lock = held;
        _identity = identity;
        Root = root;
    }

    public string Root { get; }

    /// <summary>Empty until the broker has joined a cluster.</summary>
    public ClusterId Cluster => _identity.Cluster;

    /// <summary>
    /// This life of the directory: drawn anew whenever a broker starts with an empty one, or with votes that are lost.
    /// </summary>
    public Incarnation Incarnation => _identity.Incarnation;

    /// <summary>Lives before this one, the oldest first, whose logs lie here while their votes are lost.</summary>
    public ImmutableArray<Incarnation> Former => _identity.Former;

    /// <summary>The life that began with the empty directory.</summary>
    public Incarnation First => Former.IsEmpty ? Incarnation : Former[0];

    public string MetadataPath => Path.Combine(Root, "metadata");

    private string VotesPath => Path.Combine(Root, "votes");

    private string TopicsPath => Path.Combine(Root, "topics");

    private string DamagedPath => Path.Combine(Root, "damaged");

    private string StrayPath => Path.Combine(Root, "stray");

    /// <summary>Locks the directory and reads whose it is; makes it this broker's if it is empty.</summary>
    /// <exception cref="DataDirectoryException">Another process has it, or it is not this broker's.</exception>
    public static DataDirectory Open(IFileSystem files, string path, BrokerId broker, Random random)
    {
        string root = Path.GetFullPath(path);
        MakePath(files, root);
        IDisposable held = files.TryLock(Path.Combine(root, "lock")) ?? throw new DataDirectoryException(
            $"Data directory {root} is in use by another broker process; stop that one, or give this one another "
            + "data.dir.");
        try
        {
            string meta = MetaPath(root);
            // A process that died may have left names that a power cut can still take away, the directory's own too.
            FlushParent(files, root);
            files.FlushDirectory(root);
            DirectoryIdentity identity = files.FileExists(meta)
                ? Read(files, meta, broker)
                : Found(files, root, new DirectoryIdentity(ClusterId.Empty, broker, Incarnation.New(random)));
            return new DataDirectory(files, root, held, identity);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Writes down which cluster this broker belongs to; durable on return.</summary>
    /// <exception cref="DataDirectoryException">It belongs to another one.</exception>
    public void JoinCluster(ClusterId cluster)
    {
        if (Cluster == cluster)
            return;
        if (!Cluster.IsEmpty)
        {
            throw new DataDirectoryException(
                $"Data directory {Root} belongs to cluster {Cluster}, and the metadata voters are of cluster "
                + $"{cluster}; correct metadata.voters, or give this broker another data.dir.");
        }

        _identity = _identity with { Cluster = cluster };
        Write(_files, Root, _identity);
    }

    /// <summary>
    /// The votes of a data directory that is only looked at: neither locked nor taken over by a broker.
    /// </summary>
    internal static VoteJournal ReadVotes(IFileSystem files, string root)
    {
        try
        {
            Incarnation incarnation = DirectoryIdentity.Decode(ReadAll(files, MetaPath(root))).Incarnation;
            return VoteJournal.Read(files, Path.Combine(root, "votes"), incarnation);
        }
        catch (FormatException unreadable)
        {
            throw new DataDirectoryException($"{MetaPath(root)} can't be read: {unreadable.Message}", unreadable);
        }
    }

    /// <exception cref="VoteJournalDamagedException">It is missing or incomplete: what was promised is not
    /// known.</exception>
    public VoteJournal OpenVotes() => VoteJournal.Open(_files, VotesPath, Incarnation);

    /// <summary>
    /// The votes are lost: from now on this is another member of every group than the one that gave them, with no
    /// votes and with that one's logs. Durable on return, which is where the old votes are kept, if anything was left
    /// of them.
    /// </summary>
    public string? BeginNewLife(Random random)
    {
        // First of all, so that not even votes that turn out to be readable after all are believed again.
        _identity = _identity with { Incarnation = Incarnation.New(random), Former = Former.Add(Incarnation) };
        Write(_files, Root, _identity);
        string? kept = _files.DirectoryExists(VotesPath) ? KeepVotes() : null;
        MakePath(_files, VotesPath);
        VoteJournal.Create(_files, VotesPath, Incarnation).Dispose();
        return kept;
    }

    /// <summary>A process begins to write here, on a kernel that this names.</summary>
    public PowerMark BeginWriting(string boot, VoteJournal votes) => PowerMark.Begin(_files, Root, boot, votes);

    /// <summary>The replicas that lie here, in order. What is not named like one is passed over.</summary>
    public IReadOnlyList<PartitionId> Partitions()
    {
        List<PartitionId> found = [];
        foreach (string topic in _files.ListDirectories(TopicsPath))
        {
            if (!TopicId.TryParse(topic, out TopicId id))
                continue;
            foreach (string partition in _files.ListDirectories(Path.Combine(TopicsPath, topic)))
            {
                if (int.TryParse(partition, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
                    found.Add(new PartitionId(id, index));
            }
        }

        found.Sort();
        return found;
    }

    /// <summary>Makes a replica's directory, if it is missing, durably; returns its path.</summary>
    public string MakePartition(PartitionId id)
    {
        // Flushed even if it is there: perhaps by a process that died before it did.
        string path = PartitionPath(id);
        string topic = Path.GetDirectoryName(path)!;
        _files.CreateDirectory(topic);
        _files.FlushDirectory(TopicsPath);
        _files.CreateDirectory(path);
        _files.FlushDirectory(topic);
        return path;
    }

    /// <summary>Deletes what is left of a replica. Only once the deletion of its topic is committed.</summary>
    public void DeletePartition(PartitionId id)
    {
        string path = PartitionPath(id);
        if (_files.DirectoryExists(path))
            _files.DeleteDirectory(path);
        RemoveIfEmpty(Path.GetDirectoryName(path)!);
    }

    /// <summary>Moves a replica that the cluster does not know out of the way; nothing of it is lost. Returns where
    /// to.</summary>
    public string SetAside(PartitionId id)
    {
        string path = PartitionPath(id);
        string kept = FreeName(StrayPath, number => $"{number}-{id.Topic}-{id.Index}");

        string topic = Path.GetDirectoryName(path)!;
        _files.Rename(path, kept);
        _files.FlushDirectory(StrayPath);
        _files.FlushDirectory(topic);
        RemoveIfEmpty(topic);
        return kept;
    }

    public void Dispose() => _lock.Dispose();

    private static DirectoryIdentity Read(IFileSystem files, string meta, BrokerId broker)
    {
        DirectoryIdentity identity;
        try
        {
            identity = DirectoryIdentity.Decode(ReadAll(files, meta));
        }
        catch (FormatException unreadable)
        {
            throw new DataDirectoryException(
                $"{meta} can't be read: {unreadable.Message}. Restore it, or give this broker an empty data.dir: it "
                + "then joins as a new incarnation.",
                unreadable);
        }

        return identity.Broker == broker
            ? identity
            : throw new DataDirectoryException(
                $"Data directory {Path.GetDirectoryName(meta)} belongs to broker {identity.Broker}, not to broker "
                + $"{broker}; correct broker.id or data.dir.");
    }

    // The identity is written last: a directory that has one has all the rest.
    private static DirectoryIdentity Found(IFileSystem files, string root, DirectoryIdentity identity)
    {
        string topics = Path.Combine(root, "topics");
        if (files.DirectoryExists(topics) && files.ListDirectories(topics).Count > 0)
        {
            throw new DataDirectoryException(
                $"Data directory {root} has topics but no meta.json, which says whose they are. Restore the file, or "
                + "give this broker an empty data.dir: it then joins as a new incarnation.");
        }

        MakePath(files, topics);
        string votes = Path.Combine(root, "votes");
        MakePath(files, votes);
        VoteJournal.Create(files, votes, identity.Incarnation).Dispose();
        Write(files, root, identity);
        return identity;
    }

    private static void Write(IFileSystem files, string root, DirectoryIdentity identity)
    {
        string fresh = MetaPath(root) + ".new";
        byte[] bytes = identity.Encode();
        using (IFile file = files.Open(fresh, FileMode.OpenOrCreate))
        {
            file.SetLength(0);
            file.Write(bytes, 0);
            file.FlushWithMetadata();
        }

        files.Rename(fresh, MetaPath(root));
        files.FlushDirectory(root);
    }

    private static byte[] ReadAll(IFileSystem files, string path)
    {
        using IFile file = files.Open(path, FileMode.Open);
        byte[] bytes = new byte[file.Length];
        int read = file.Read(bytes, 0);
        return bytes[..read];
    }

    private static void MakePath(IFileSystem files, string path)
    {
        if (files.DirectoryExists(path))
            return;
        if (Path.GetDirectoryName(path) is not { Length: > 0 } parent)
            return;
        MakePath(files, parent);
        files.CreateDirectory(path);
        files.FlushDirectory(parent);
    }

    // Who may not even open the parent has not made a name in it.
    private static void FlushParent(IFileSystem files, string root)
    {
        if (Path.GetDirectoryName(root) is not { Length: > 0 } parent)
            return;
        try
        {
            files.FlushDirectory(parent);
        }
        catch (StorageException refused) when (refused is not FlushFailedException)
        {
        }
    }

    private string KeepVotes()
    {
        string kept = FreeName(DamagedPath, number => $"votes-{number}");
        _files.Rename(VotesPath, kept);
        _files.FlushDirectory(DamagedPath);
        _files.FlushDirectory(Root);
        return kept;
    }

    private string FreeName(string parent, Func<int, FormattableString> nameOf)
    {
        MakePath(_files, parent);
        int number = _files.ListDirectories(parent).Count;
        string free;
        do
            free = Path.Combine(parent, nameOf(number++).ToString(CultureInfo.InvariantCulture));
        while (_files.DirectoryExists(free));
        return free;
    }

    private static string MetaPath(string root) => Path.Combine(root, "meta.json");

    private string PartitionPath(PartitionId id) => Path.Combine(
        TopicsPath, id.Topic.ToString(), id.Index.ToString(CultureInfo.InvariantCulture));

    private void RemoveIfEmpty(string topic)
    {
        if (!_files.DirectoryExists(topic) || _files.ListDirectories(topic).Count > 0)
            return;
        _files.DeleteDirectory(topic);
        _files.FlushDirectory(TopicsPath);
    }
}

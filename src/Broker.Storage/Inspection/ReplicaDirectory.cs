using System.Globalization;
using Broker.Model;

namespace Broker.Storage.Inspection;

/// <summary>One replica's directory, and what the vote journal beside it says of the group.</summary>
internal sealed record ReplicaDirectory(string Path, string Partition, GroupState Known)
{
    /// <summary>
    /// The replicas under a path: a broker's data directory, a topic's or a partition's directory in one.
    /// </summary>
    public static IReadOnlyList<ReplicaDirectory> Find(IFileSystem files, string path)
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (!files.DirectoryExists(path))
            throw new StorageException($"{path} is not a directory");
        string topics = System.IO.Path.Combine(path, "topics");
        if (files.DirectoryExists(topics))
        {
            using VoteJournal? journal = TryOpenVotes(files, path);
            return [.. files.ListDirectories(topics)
                .SelectMany(topic => InTopic(files, System.IO.Path.Combine(topics, topic), journal))];
        }

        IReadOnlyList<ReplicaDirectory> inTopic = InTopic(files, path, null);
        if (inTopic.Count > 0)
            return inTopic;
        return files.ListFiles(path).Any(name => name.EndsWith(Segment.LogSuffix, StringComparison.Ordinal))
            ? [At(path, null)]
            : [];
    }

    private static IReadOnlyList<ReplicaDirectory> InTopic(IFileSystem files, string topic, VoteJournal? journal) =>
        [.. files.ListDirectories(topic)
            .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(name => At(System.IO.Path.Combine(topic, name), journal))];

    private static ReplicaDirectory At(string path, VoteJournal? journal)
    {
        string index = System.IO.Path.GetFileName(path);
        string topic = System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(path) ?? "");
        bool isNamed = TopicId.TryParse(topic, out TopicId id)
            & int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        GroupState known = isNamed && journal is not null
            ? journal.Get(new PartitionId(id, number))
            : GroupState.Empty;
        return new ReplicaDirectory(path, $"{topic}/{index}", known);
    }

    /// <summary>Without the votes less is known, but the logs can be looked at all the same.</summary>
    private static VoteJournal? TryOpenVotes(IFileSystem files, string root)
    {
        try
        {
            return DataDirectory.ReadVotes(files, root);
        }
        catch (StorageException)
        {
            return null;
        }
    }
}

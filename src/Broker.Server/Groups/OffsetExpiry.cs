using Broker.Model;
using Broker.Server.Groups.Log;
using Broker.Server.Groups.State;

namespace Broker.Server.Groups;

/// <summary>
/// Which offsets nobody needs any more. A group without members keeps them for the retention, counted from the last of
/// these: the commit, and the moment in which its last member left. With its last offset the group goes.
/// </summary>
internal static class OffsetExpiry
{
    /// <summary>Records that take them away. Not of a group that is live: it has members, or may soon have.</summary>
    /// <param name="before">What was last needed before then goes; Unix milliseconds.</param>
    public static IReadOnlyList<GroupRecord> Of(GroupTable table, Func<string, bool> isLive, long before, long now)
    {
        var gone = new List<GroupRecord>();
        foreach (string group in table.Ids.Where(group => !isLive(group)))
        {
            StoredGroup? stored = table.MetadataOf(group);
            long since = stored?.Since ?? -1;
            IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets = table.OffsetsOf(group);
            int left = offsets.Count;
            foreach ((TopicPartition partition, CommittedOffset offset) in offsets)
            {
                // Its end would be the end of what is pending, too.
                if (table.Pending.Has(group, partition))
                    continue;

                bool isOver = offset.ExpireTimestamp >= 0
                    ? offset.ExpireTimestamp < now
                    : Math.Max(offset.CommitTimestamp, since) < before;
                if (!isOver)
                    continue;
                gone.Add(new OffsetRecord(group, partition, null));
                left--;
            }

            if (left == 0 && stored is not null && since < before)
                gone.Add(new GroupMetadataRecord(group, null));
        }

        return gone;
    }

    /// <summary>The offsets of topics that are gone.</summary>
    public static IReadOnlyList<GroupRecord> Of(GroupTable table, Func<string, bool> isGone) =>
    [
        .. from @group in table.Ids
           from partition in table.OffsetsOf(@group).Keys
           where isGone(partition.Topic)
           select new OffsetRecord(@group, partition, null),
    ];
}

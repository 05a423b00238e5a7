using Broker.Model;
using Broker.Replication;

namespace Broker.Server.Partitions.Reading;

/// <summary>
/// A group's owner touches no file. Where a follower is so far behind that only the disk knows the offset of what it
/// has, that is read here.
/// </summary>
internal static class ViewReads
{
    public static async ValueTask<GroupView> CompleteAsync(
        GroupView view, IPartitionReplica replica, DiskReads reads)
    {
        bool isComplete = view.Followers.All(follower => !IsToBeRead(view, follower));
        return isComplete
            ? view
            : await reads.RunAsync(() => view with
            {
                Followers = [.. view.Followers.Select(follower => IsToBeRead(view, follower)
                    ? follower with { End = replica.OffsetOf(follower.Progress.Match + 1) }
                    : follower)],
            });
    }

    private static bool IsToBeRead(GroupView view, FollowerView follower) =>
        follower.End is null && follower.Progress.Match > LogIndex.Zero
        && follower.Progress.Match + 1 >= view.FirstIndex;
}

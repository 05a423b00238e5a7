using Broker.Protocol;
using Broker.Server.Groups.Classic;

namespace Broker.Server.Groups;

/// <summary>
/// What members of a group of consumers told each other of what they read: the one place where that is looked into.
/// </summary>
internal static class Subscriptions
{
    public const string ProtocolType = "consumer";

    /// <summary>The topics that members read; null where one of them says it in a way that is not known.</summary>
    public static SortedSet<string>? Of(GroupMetadata group)
    {
        var topics = new SortedSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (MemberMetadata member in group.Members)
            {
                // Version, number of topics, and their names; what follows is of no interest.
                var reader = new ProtocolReader(member.Subscription);
                reader.ReadInt16();
                for (int left = reader.ReadInt32(); left > 0; left--)
                    topics.Add(reader.ReadString(flexible: false));
            }
        }
        catch (ProtocolException)
        {
            return null;
        }

        return topics;
    }
}

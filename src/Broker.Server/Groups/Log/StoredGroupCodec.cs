using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Groups.Classic;

namespace Broker.Server.Groups.Log;

/// <summary>A group's metadata as Kafka's record has it, and back.</summary>
internal static class StoredGroupCodec
{
    public static GroupMetadataValue ValueOf(StoredGroup stored)
    {
        GroupMetadata group = stored.Metadata;
        var value = new GroupMetadataValue
        {
            ProtocolType = group.ProtocolType ?? "",
            Generation = group.Generation,
            Protocol = group.ProtocolName,
            Leader = group.LeaderId,
            CurrentStateTimestamp = stored.Since,
        };
        foreach (MemberMetadata member in group.Members)
        {
            GroupMetadataValue.MemberMetadata entry = value.Members.Add();
            (entry.MemberId, entry.GroupInstanceId) = (member.MemberId, member.InstanceId);
            (entry.ClientId, entry.ClientHost) = (member.ClientId, member.ClientHost);
            entry.RebalanceTimeout = Milliseconds(member.RebalanceTimeout);
            entry.SessionTimeout = Milliseconds(member.SessionTimeout);
            (entry.Subscription, entry.Assignment) = (member.Subscription, member.Assignment);
        }

        return value;
    }

    /// <exception cref="ProtocolException">It is malformed, or of a version that is not known.</exception>
    public static StoredGroup Read(string group, ReadOnlyMemory<byte> bytes)
    {
        var reader = new ProtocolReader(bytes);
        var value = new GroupMetadataValue();
        value.Read(ref reader, reader.ReadInt16());
        var members = new List<MemberMetadata>();
        foreach (GroupMetadataValue.MemberMetadata entry in value.Members)
        {
            members.Add(new MemberMetadata
            {
                MemberId = entry.MemberId,
                InstanceId = entry.GroupInstanceId,
                ClientId = entry.ClientId,
                ClientHost = entry.ClientHost,
                RebalanceTimeout = TimeSpan.FromMilliseconds(entry.RebalanceTimeout),
                SessionTimeout = TimeSpan.FromMilliseconds(entry.SessionTimeout),
                Subscription = entry.Subscription,
                Assignment = entry.Assignment,
            });
        }

        string? type = value.ProtocolType.Length == 0 ? null : value.ProtocolType;
        return new StoredGroup(
            new GroupMetadata(group, value.Generation, type, value.Protocol, value.Leader, members),
            value.CurrentStateTimestamp);
    }

    private static int Milliseconds(TimeSpan time) => (int)Math.Min(time.TotalMilliseconds, int.MaxValue);
}

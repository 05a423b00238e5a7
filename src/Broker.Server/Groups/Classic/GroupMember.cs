using Broker.Protocol;

namespace Broker.Server.Groups.Classic;

/// <summary>One member of a group. Its waiting asks are answered through <see cref="MemberTable"/>.</summary>
internal sealed class GroupMember
{
    public required string Id { get; init; }

    public required string? InstanceId { get; init; }

    public required string ClientId { get; init; }

    public required string ClientHost { get; init; }

    public required TimeSpan RebalanceTimeout { get; set; }

    public required TimeSpan SessionTimeout { get; set; }

    public required IReadOnlyList<MemberProtocol> Protocols { get; set; }

    /// <summary>Of the last generation that became stable.</summary>
    public ReadOnlyMemory<byte> Assignment { get; set; }

    /// <summary>Was never told that it is a member: until then it cannot send heartbeats.</summary>
    public bool IsNew { get; set; }

    /// <summary>Has joined this generation and not asked for its assignment yet.</summary>
    public bool OwesSync { get; set; }

    /// <summary>When it is taken for dead.</summary>
    public TimeSpan SessionEnd { get; set; } = GroupDeadlines.Never;

    public Action<JoinAnswer>? Join { get; set; }

    public Action<SyncAnswer>? Sync { get; set; }

    /// <summary>Who waits for an answer cannot send heartbeats meanwhile, and is not blamed for it.</summary>
    public bool IsExcused => !IsNew && (Join is not null || Sync is not null);

    public static GroupMember From(string id, JoinAsk ask) => new()
    {
        Id = id,
        InstanceId = ask.InstanceId,
        ClientId = ask.ClientId,
        ClientHost = ask.ClientHost,
        RebalanceTimeout = ask.RebalanceTimeout,
        SessionTimeout = ask.SessionTimeout,
        Protocols = ask.Protocols,
    };

    /// <summary>As it was written down; of its protocols only the chosen one was.</summary>
    public static GroupMember From(MemberMetadata metadata, string protocolName) => new()
    {
        Id = metadata.MemberId,
        InstanceId = metadata.InstanceId,
        ClientId = metadata.ClientId,
        ClientHost = metadata.ClientHost,
        RebalanceTimeout = metadata.RebalanceTimeout,
        SessionTimeout = metadata.SessionTimeout,
        Protocols = [new MemberProtocol(protocolName, metadata.Subscription)],
        Assignment = metadata.Assignment,
    };

    public MemberMetadata ToMetadata(ReadOnlyMemory<byte> subscription, ReadOnlyMemory<byte> assignment) => new()
    {
        MemberId = Id,
        InstanceId = InstanceId,
        ClientId = ClientId,
        ClientHost = ClientHost,
        RebalanceTimeout = RebalanceTimeout,
        SessionTimeout = SessionTimeout,
        Subscription = subscription,
        Assignment = assignment,
    };

    /// <summary>What it said for this protocol.</summary>
    public ReadOnlyMemory<byte> MetadataFor(string? protocolName)
    {
        foreach (MemberProtocol protocol in Protocols)
        {
            if (protocol.Name == protocolName)
                return protocol.Metadata;
        }

        return default;
    }

    /// <summary>Whether it comes again with all that it said the last time, word for word.</summary>
    public bool SaysAgain(IReadOnlyList<MemberProtocol> protocols)
    {
        if (protocols.Count != Protocols.Count)
            return false;

        for (int i = 0; i < protocols.Count; i++)
        {
            if (protocols[i].Name != Protocols[i].Name
                || !protocols[i].Metadata.Span.SequenceEqual(Protocols[i].Metadata.Span))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A second ask in place of the first, whose sender is gone or asks twice.</summary>
    public void AwaitSync(Action<SyncAnswer> answer)
    {
        AnswerSync(SyncAnswer.Refuse(ErrorCode.RebalanceInProgress));
        Sync = answer;
    }

    /// <summary>False: it did not wait for one.</summary>
    public bool AnswerSync(SyncAnswer answer)
    {
        if (Sync is not { } waiting)
            return false;

        Sync = null;
        waiting(answer);
        return true;
    }
}

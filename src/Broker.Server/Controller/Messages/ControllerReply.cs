using System.Collections.Immutable;
using Broker.Metadata;

namespace Broker.Server.Controller.Messages;

internal enum ControllerStatus
{
    Done,

    /// <summary>Nothing was decided: ask the leader.</summary>
    NotLeader,

    /// <summary>Decided and written, but leadership ended first: it may become true, or not. Ask again.</summary>
    Unknown,

    /// <summary>The planner says no, for the reason given.</summary>
    Refused,

    /// <summary>The leader does not know this process: it must register first.</summary>
    RegisterFirst,
}

/// <summary>The metadata leader's answer.</summary>
internal sealed record ControllerReply(ControllerStatus Status)
{
    /// <summary>Who asks waits until it has applied this index, so that it sees what it was granted.</summary>
    public long Index { get; init; }

    public Refusal? Refusal { get; init; }

    /// <summary>One for each wish, in order.</summary>
    public ImmutableArray<TopicAnswer> Topics { get; init; } = [];

    public long FirstProducerId { get; init; }

    public int ProducerIds { get; init; }
}

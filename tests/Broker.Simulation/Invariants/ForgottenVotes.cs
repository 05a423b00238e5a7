using Broker.Model;
using Broker.Raft;

namespace Broker.Simulation.Invariants;

/// <summary>
/// Who lost its votes gives none, and asks for none, in a group that it was part of before, until it said there that it
/// abstains and a leader told it how that ends (docs/decisions/0011-wiped-replicas.md). Seen on the wire.
/// </summary>
/// <param name="placedAt">When a replica was placed on a broker, by the metadata log.</param>
public sealed class ForgottenVotes(Findings findings, Func<PartitionId, BrokerId, long> placedAt) : Invariant(findings)
{
    private readonly Dictionary<BrokerId, (long At, int Times)> _losses = [];
    private readonly Dictionary<(PartitionId Group, BrokerId Broker), int> _abstained = [];
    private readonly Dictionary<(PartitionId Group, BrokerId Broker), int> _takenIn = [];

    /// <param name="at">How long the metadata log was then.</param>
    public void Forgot(BrokerId broker, long at) => _losses[broker] = (at, TimesOf(broker) + 1);

    public override void Sent(GroupRecord group, in RaftMessage message, int life)
    {
        if (message.Abstains)
            _abstained[(group.Id, message.From)] = TimesOf(message.From);

        var told = (group.Id, message.To);
        bool hasAbstained = _abstained.GetValueOrDefault(told) == TimesOf(message.To);
        if (message is { Kind: MessageKind.Heartbeat, Abstention: not 0 } && hasAbstained)
            _takenIn[told] = TimesOf(message.To);
        if (IsVote(message) && IsLost(group.Id, message.From))
        {
            Broken($"{group.Name}: broker {message.From} sends {message.Kind} in term {message.Term}, having lost its "
                + "votes");
        }
    }

    private bool IsLost(PartitionId group, BrokerId broker) =>
        _losses.TryGetValue(broker, out (long At, int Times) loss)
        && placedAt(group, broker) <= loss.At
        && _takenIn.GetValueOrDefault((group, broker)) != loss.Times;

    private int TimesOf(BrokerId broker) => _losses.GetValueOrDefault(broker).Times;

    private static bool IsVote(in RaftMessage message) => message.Kind is MessageKind.Vote or MessageKind.PreVote
        || (message is { Kind: MessageKind.VoteReply or MessageKind.PreVoteReply, Rejected: false });
}

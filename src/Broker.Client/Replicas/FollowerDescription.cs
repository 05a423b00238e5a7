using Broker.Model;

namespace Broker.Client.Replicas;

/// <summary>A follower or learner, as the partition's leader sees it.</summary>
/// <param name="State">
/// <c>probe</c>: where its log and the leader's meet is being asked; <c>replicate</c>: it is sent what is appended;
/// <c>stranded</c>: what it lacks is gone from the leader's log, it begins anew.
/// </param>
/// <param name="Match">The last entry that it has flushed and that is counted for it.</param>
/// <param name="EndOffset">The offset behind that entry; −1 if it is not known.</param>
/// <param name="Heard">How long ago something was heard from it; null: not in this term.</param>
/// <param name="Abstains">It may have lost what it promised: it neither votes nor counts until it is filled.</param>
public sealed record FollowerDescription(
    BrokerId Broker, string State, LogIndex Match, long EndOffset, TimeSpan? Heard, bool IsInSync, bool Abstains);

using Broker.Model;

namespace Broker.Client.Replicas;

/// <summary>A leader that a partition has had.</summary>
/// <param name="At">When the broker that told it knew of it.</param>
/// <param name="Reason">
/// Why it campaigned, as it says itself: <c>asked</c> (the first of a new partition), <c>silence</c> (no leader was
/// heard), <c>processGone</c> or <c>handedOver</c>; empty where only another broker tells.
/// </param>
public sealed record ElectionDescription(Term Term, BrokerId Leader, DateTimeOffset At, string Reason);

using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Controller;

/// <summary>What brokers answered when they were asked what their disks have room for.</summary>
/// <param name="Reports">Without those of a version that does not tell.</param>
/// <param name="Silent">They know the question, and have not answered.</param>
internal sealed record DiskSurvey(
    IReadOnlyDictionary<BrokerId, RoomReport> Reports, ImmutableSortedSet<BrokerId> Silent)
{
    public static readonly DiskSurvey Nothing = new(ImmutableSortedDictionary<BrokerId, RoomReport>.Empty, []);
}

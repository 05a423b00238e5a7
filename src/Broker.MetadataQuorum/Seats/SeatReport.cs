using Broker.Metadata;
using Broker.Model;

namespace Broker.MetadataQuorum;

/// <summary>Where a broker stands in the group, in its own words.</summary>
/// <param name="Votes">It has the log and the vote of a voter.</param>
/// <param name="LogEnd">The last entry in its log, or in its image where it has no log.</param>
/// <param name="Incarnation">The life of its data directory.</param>
/// <param name="Leadership">Who leads, as far as it knows.</param>
/// <param name="Roll">The newest voters that it knows of.</param>
internal sealed record SeatReport(
    bool Votes, long LogEnd, Incarnation Incarnation, MetadataLeadership Leadership, VoterRoll Roll);

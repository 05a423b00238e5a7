using Broker.Model;

namespace Broker.Metadata;

/// <summary>One broker's part in the metadata group.</summary>
/// <param name="Broker">Which broker.</param>
/// <param name="IsListed">It is one of the voters.</param>
/// <param name="Votes">It answers, and has the log and the vote that a voter needs: a wiped voter has not.</param>
/// <param name="LogEnd">The last entry that it has; −1 if it does not answer.</param>
/// <param name="Incarnation">The life of its data directory; default if it does not answer.</param>
public sealed record QuorumMember(
    BrokerId Broker, bool IsListed, bool Votes, long LogEnd, Incarnation Incarnation);

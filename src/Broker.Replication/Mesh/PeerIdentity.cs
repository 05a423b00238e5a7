using Broker.Model;

namespace Broker.Replication;

/// <summary>Who a broker says it is. The cluster id is empty until the broker knows it (first start).</summary>
public sealed record PeerIdentity(
    ClusterId Cluster, BrokerId Broker, Incarnation Incarnation, ProcessIncarnation Process)
{
    public override string ToString() => $"broker {Broker} (incarnation {Incarnation}, process {Process})";
}

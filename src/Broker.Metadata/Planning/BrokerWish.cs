using Broker.Model;

namespace Broker.Metadata;

/// <summary>A broker that wants to be one of the cluster's.</summary>
/// <param name="Cluster">What its data directory says; empty if it is new.</param>
/// <param name="Details">The record that takes it in, as it stands.</param>
public sealed record BrokerWish(ClusterId Cluster, BrokerRegistered Details);

using Broker.Model;

namespace Broker.Client;

/// <summary>A cluster's identity and its brokers that are alive.</summary>
public sealed record ClusterDescription(
    string ClusterId,
    BrokerId Controller,
    IReadOnlyList<BrokerDescription> Brokers
);

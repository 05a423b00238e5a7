using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Controller;

/// <summary>What became of a wish about a topic. Id, partitions and factor are the topic's once the wish is
/// granted.</summary>
public sealed record TopicAnswer(
    ControllerFault Fault, Refusal? Refusal, string Name, TopicId Id, int Partitions, int ReplicationFactor);

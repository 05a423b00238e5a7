using Broker.Model;

namespace Broker.Client.Metadata;

/// <summary>Who leads a partition, and since which epoch; <see cref="BrokerId.None"/> while nobody does.</summary>
internal readonly record struct PartitionLeader(BrokerId Broker, Term Epoch);

using Broker.Model;

namespace Broker.Client.Moving;

/// <summary>A broker whose bytes no plan of this kind brings close to the others'.</summary>
/// <param name="Bytes">What it would still carry.</param>
/// <param name="Mean">What each would carry if all carried as much.</param>
/// <param name="Largest">A partition that is too large to be shared out evenly; null: racks, or what stays where it is
/// or moves already, leave nothing better.</param>
/// <param name="LargestBytes">What each of its replicas takes.</param>
public sealed record UnevenBroker(BrokerId Broker, long Bytes, long Mean, TopicPartition? Largest, long LargestBytes);

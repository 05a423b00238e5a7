using Broker.Model;

namespace Broker.Simulation.Invariants;

/// <summary>What a client was told: its value stands at this index and offset, stored so many times.</summary>
/// <param name="Token">The bytes that only this value's payload holds.</param>
public sealed record Acknowledgement(
    byte[] Token, ulong Hash, LogIndex Index, Offset Offset, int Replicas, BrokerId By, bool LeaderOnly);
